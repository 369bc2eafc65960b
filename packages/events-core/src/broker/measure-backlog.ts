import type { BrokerAdapter } from '../contract/adapter.ts';
import type { Backlog } from '../contract/backlog.ts';
import { BrokerUnavailableError } from '../errors/broker-unavailable-error.ts';
import { checkGroup } from '../events/names.ts';
import { answeredWithin } from './answered-within.ts';

const backlogTimeoutMs = 10_000;

/** @throws {BrokerUnavailableError} when nobody has counted within 10 s: never a number that nobody measured. */
export async function measureBacklog(adapter: BrokerAdapter, group: string): Promise<Backlog> {
  checkGroup(group, 'group');
  return await answeredWithin(
    backlogTimeoutMs,
    () => adapter.backlog(group),
    () => {
      throw new BrokerUnavailableError(
        `${adapter.system} did not tell the backlog of group ${group} within ${backlogTimeoutMs} ms. Ask again when its health is up.`,
      );
    },
  );
}
