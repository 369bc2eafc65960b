import type { BrokerAdapter } from '@payments/events-core';

export interface RepublishParkedOptions {
  /** Ends it early: `complete` is false then. */
  readonly signal?: AbortSignal;
}

export interface RepublishedParked {
  /** Events that were stored by the groups that want them now, and removed from the parked ones. */
  readonly republished: number;
  /** Events that were looked at and stay parked, because no group wants them still. */
  readonly stillParked: number;
  /** False when the signal ended it early, or more than 65,535 stay parked: the rest was not looked at. */
  readonly complete: boolean;
}

/** The adapter of RabbitMQ, with what no other broker needs beside the contract. */
export interface RabbitmqBroker extends BrokerAdapter {
  /**
   * Publishes what lies in `<queuePrefix>.unrouted` once more, each event once, oldest first, as it was: for when the group
   * that was missing is declared. All groups bound for an event get it. What still has none stays where it is, in its order;
   * what is parked meanwhile is left for another call. Stored before it is removed: a crash between doubles an event, never
   * loses it, and so does a group whose queue is full.
   * @throws {DeadLetterStoreBusyError} while another call runs, of any process.
   * @throws {BrokerUnavailableError} when the broker is away: what was republished until then is, the rest lies where it was.
   * @throws {SendError} when the broker refuses an event: `full`, `forbidden`. It stays parked, and so does what was not on
   * its way: of the 50 that are at once, later ones may have been stored before it.
   * @throws {ConfigurationError} without the permission to declare `<queuePrefix>.unrouted.sweep-lock`.
   * @throws {ClosedError} after `close`, or when it is closed meanwhile.
   */
  republishParked(options?: RepublishParkedOptions): Promise<RepublishedParked>;
}
