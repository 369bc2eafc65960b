import { EventsError } from '../errors/events-error.ts';
import { OperationPublishError } from '../errors/operation-publish-error.ts';
import type { PreparedEvent } from '../events/event.ts';
import type { PublishOptions } from './publisher.ts';

/** An announcement whose catalogue is forgotten. */
interface AnyAnnouncement {
  readonly type: string;
  readonly data: unknown;
  readonly options?: Omit<PublishOptions, 'headers'>;
}

/** A publisher whose catalogue is forgotten. */
export interface AnyPublisher {
  prepare(type: string, data: unknown, options?: Omit<PublishOptions, 'headers'>): Promise<PreparedEvent>;
  publish(prepared: PreparedEvent): Promise<unknown>;
}

export interface FinishedOperation {
  readonly name: string;
  readonly result: unknown;
  /** Says what to announce; may throw or reject. */
  announcements(): unknown;
}

/**
 * Publishes the events of an operation that has succeeded, in order. All are prepared before the first is sent: none is
 * published while another is refused for its data.
 * @throws {OperationPublishError} for whatever goes wrong: the operation has happened, and the caller must know what is missing.
 */
export async function announce(publisher: AnyPublisher, operation: FinishedOperation): Promise<void> {
  const unpublished: PreparedEvent[] = [];
  try {
    const refusals: unknown[] = [];
    for (const { type, data, options = {} } of announcementsIn(await operation.announcements())) {
      await publisher.prepare(type, data, options).then(
        (event) => unpublished.push(event),
        (refusal: unknown) => refusals.push(refusal),
      );
    }
    if (refusals.length > 0) throw refusals[0];
    for (let next = unpublished[0]; next !== undefined; next = unpublished[0]) {
      await publisher.publish(next);
      unpublished.shift();
    }
  } catch (cause) {
    throw failureOf(operation, unpublished, cause);
  }
}

function announcementsIn(announcements: unknown): readonly AnyAnnouncement[] {
  const list: readonly unknown[] = Array.isArray(announcements) ? announcements : [announcements];
  return list
    .filter((one) => one !== undefined)
    .map((one) => {
      if (isAnnouncement(one)) return one;
      throw new TypeError('an announcement must be { type, data }, an array of them, or undefined');
    });
}

function isAnnouncement(value: unknown): value is AnyAnnouncement {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'data' in value
  );
}

function failureOf(
  { name, result }: FinishedOperation,
  unpublished: readonly PreparedEvent[],
  cause: unknown,
): OperationPublishError {
  // Other people's errors may quote what the operation returned.
  const why = EventsError.isInstance(cause) ? cause.message : 'The cause says why.';
  const ids = unpublished.map(({ type, id }) => `${type} ${id}`).join(', ');
  const rest = ids === '' ? 'Its events could not be prepared' : `Unpublished: ${ids}`;
  return new OperationPublishError(
    `${name}() has succeeded and must not be repeated, but its events were not all published. ${rest}. ${why}`,
    { operation: name, result, unpublished, cause },
  );
}
