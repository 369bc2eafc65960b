/** Remembers which events were handled, so that a duplicate delivery does not run the handlers again. Keys are `<group>/<event id>`. */
export interface Inbox {
  /**
   * `new`: the caller may run the handlers, and nobody else gets `new` for this key within `leaseMs`. `busy`: somebody
   * else holds that right. `done`: the handlers have succeeded before.
   */
  claim(key: string, leaseMs: number): Promise<'new' | 'done' | 'busy'>;
  /** The handlers succeeded. */
  complete(key: string): Promise<void>;
  /** The handlers failed: the next claim is `new`. */
  abandon(key: string): Promise<void>;
}
