import { ConfigurationError } from '../errors/configuration-error.ts';
import { OperationPublishError } from '../errors/operation-publish-error.ts';
import { suggestion } from '../errors/suggestion.ts';
import { announce, type AnyPublisher } from './announce.ts';
import type { Announce, OperationOf, PublishingPayments, PublishingPaymentsOptions } from './announcements.ts';
import type { Publisher } from './publisher.ts';
import { isFunction, serviceView, type AnyFunction } from './service-view.ts';

/**
 * A view of a payments service whose operations announce what they did: after each call of a method named in `map` has
 * succeeded, its events are prepared and published, in order, before the call resolves. A failed operation publishes
 * nothing. Methods in `map` become asynchronous; everything else passes through as it is. What the service calls on
 * itself is not announced, only what is called on the view.
 * @throws {ConfigurationError} for a name in `map` that is no method of the service.
 */
export function publishingPayments<S extends object, M, K extends OperationOf<S>>(
  service: S,
  publisher: Publisher<M>,
  map: { readonly [P in K]: Announce<S[P], M> },
  options?: PublishingPaymentsOptions,
): PublishingPayments<S, K>;
export function publishingPayments(
  service: object,
  publisher: AnyPublisher,
  map: Readonly<Record<string, AnyFunction>>,
  { onPublishFailure = 'throw' }: PublishingPaymentsOptions = {},
): object {
  checkNames(service, map);

  async function run(name: string, operation: AnyFunction, self: unknown, args: unknown[]): Promise<unknown> {
    const result = await Reflect.apply(operation, self, args);
    try {
      await announce(publisher, { name, result, announcements: () => map[name]?.(result, ...args) });
    } catch (error) {
      if (onPublishFailure === 'throw' || !OperationPublishError.isInstance(error)) throw error;
      await onPublishFailure(error);
    }
    return result;
  }

  return serviceView(service, (name, method) =>
    Object.hasOwn(map, name)
      ? (self, args) => run(name, method, self, args)
      : (self, args) => Reflect.apply(method, self, args),
  );
}

function checkNames(service: object, map: object): void {
  for (const name of Object.keys(map)) {
    if (isFunction(Reflect.get(service, name))) continue;
    throw new ConfigurationError(
      `map.${name} is no method of the service.${suggestion(name, methodNames(service))}`,
      `map.${name}`,
    );
  }
}

function methodNames(service: object): readonly string[] {
  const names: string[] = [];
  for (let one: object | null = service; one !== null; one = Object.getPrototypeOf(one)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(one))) {
      if (isFunction(value)) names.push(name);
    }
  }
  return names;
}
