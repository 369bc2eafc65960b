import type { Group } from './group.ts';
import type { ServerState } from './server-state.ts';
import type { StoredMessage, WireMessage } from './stored-message.ts';

export interface GroupReport {
  readonly group: string;
  readonly members: number;
  readonly owner: boolean;
  /** Ids of the messages in each place. */
  readonly ready: readonly string[];
  readonly inFlight: readonly string[];
  readonly retrying: readonly string[];
  readonly dead: readonly string[];
}

export interface ServerReport {
  /** Not settled by every group that wants them, oldest first per topic. */
  readonly held: readonly WireMessage[];
  /** Everything stored, history included. */
  readonly stored: readonly WireMessage[];
  readonly groups: readonly GroupReport[];
  /** Instances of the processes that are connected. */
  readonly sessions: readonly string[];
}

export function inspect({ storage }: ServerState, sessions: readonly string[]): ServerReport {
  const messages = [...storage.logs.values()].flatMap((log) => log.messages());
  return {
    held: messages.filter(({ settled }) => !settled).map(contentOf),
    stored: messages.map(contentOf),
    groups: [...storage.groups.values()].map(reportOf),
    sessions,
  };
}

function reportOf({ name, ordering, members, ready, retries, letters }: Group): GroupReport {
  const idOf = ({ message }: { readonly message: StoredMessage }) => message.content.id;
  return {
    group: name,
    members: members.length,
    owner: ordering === 'key' && members.length > 0,
    ready: [...ready].map(idOf),
    inFlight: members.flatMap(({ out }) => [...out].map(({ item }) => idOf(item))),
    retrying: [...retries].map(idOf),
    dead: [...letters].map(({ item }) => idOf(item)),
  };
}

function contentOf({ content }: StoredMessage): WireMessage {
  return content;
}
