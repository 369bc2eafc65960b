import { deadLetters } from '@payments/events-core';
import { connectAs } from './connect-as.ts';
import { retry, type, type Settings } from './settings.ts';

/** The broker of a run, as its programs see it. All that differs between brokers is here. */
export interface CrashBroker {
  /** The `messaging` section. What it leads to belongs to the test that runs, and is removed at its end. */
  readonly messaging: Readonly<Record<string, unknown>>;
  /** The URL of a module whose `adapterFromConfiguration` takes that section. @default the package of the broker */
  readonly module?: string;
  /** Milliseconds that a process must be silent until the broker takes it for dead, and a little more. */
  readonly silenceMs: number;
  /** Milliseconds for which it keeps what a killed process held. @default 0 */
  readonly heldAfterKillMs?: number;
}

/** Looks at a broker from outside of the run, through the public API. */
export interface Observer extends AsyncDisposable {
  /** Messages that a group still has before it. */
  left(group: string): Promise<number>;
  /** Event ids in a group's dead letters; the id of the letter where it holds no event. */
  dead(group: string): Promise<readonly { readonly id: string; readonly reason: string }[]>;
}

/** Declares the groups, so that nothing published before their consumers start goes past them, and stays to look. */
export async function observe(crashBroker: CrashBroker, settings: Settings): Promise<Observer> {
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const groups = settings.groups.map(({ group, ordering }) => ({ group, patterns: [type], ordering, retry }));
  const broker = await connectAs(crashBroker, { groups, logger: silent });

  return {
    async left(group) {
      const { waiting, inFlight, retrying } = await broker.backlog(group);
      return waiting + inFlight + retrying;
    },
    async dead(group) {
      const found: { readonly id: string; readonly reason: string }[] = [];
      for await (const { event, id, reason } of deadLetters({ broker, group }).list()) {
        found.push({ id: event?.id ?? id, reason });
      }
      return found;
    },
    [Symbol.asyncDispose]: () => broker.close(),
  };
}
