import type { Logger } from '../contract/runtime.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { suggestion } from '../errors/suggestion.ts';
import type { Event } from '../events/event.ts';
import type { EventOf, PaymentEvents, TypeOf } from '../events/event-types.ts';
import { paymentEvents } from '../events/payment-events.ts';
import type { Handler } from './handler.ts';

/** For each payment event a handler instead of the default one, or `false` for none. */
export type DefaultHandlerOverrides = {
  readonly [T in TypeOf<PaymentEvents>]?: Handler<EventOf<PaymentEvents, T>> | false;
};

/** The part of a consumer that registering needs; a consumer of a larger catalogue has it too. */
export interface HandlerRegistration {
  on(type: TypeOf<PaymentEvents>, handler: Handler): unknown;
}

/**
 * Registers a handler for each of the payment events, before `start`. The default one logs a line with type, id and key,
 * never data.
 * @param options.logger where the lines go. @default stdout
 * @throws {ConfigurationError} for an override of a type that is no payment event.
 */
export function setupDefaultConsumers(
  consumer: HandlerRegistration,
  overrides: DefaultHandlerOverrides = {},
  { logger = stdoutLogger }: { readonly logger?: Pick<Logger, 'info'> } = {},
): void {
  const types = Object.keys(paymentEvents) as TypeOf<PaymentEvents>[];
  for (const type of Object.keys(overrides)) {
    if (Object.hasOwn(paymentEvents, type)) continue;
    throw new ConfigurationError(
      `"${type}" is not a payment event.${suggestion(type, types)} Register handlers for types of your own with consumer.on().`,
      `overrides["${type}"]`,
    );
  }
  for (const type of types) {
    const handler = overrides[type] ?? loggingHandler(logger);
    // The registry hands a handler events of its own type only.
    if (handler !== false) consumer.on(type, handler as Handler);
  }
}

function loggingHandler(logger: Pick<Logger, 'info'>): Handler {
  return ({ type, id, key }: Event) => {
    const details = key === undefined ? { type, id } : { type, id, key };
    logger.info(details, `received ${type}, id ${id}${key === undefined ? '' : `, key ${key}`}`);
  };
}

/** One readable line each; everything the line needs is in the message. */
const stdoutLogger: Pick<Logger, 'info'> = {
  info: (_details, message) => void process.stdout.write(`[payments/events] ${message}\n`),
};
