import { topicOf, type Clock, type GroupSpec } from '@payments/events-core';
import { createGroup, type Group } from './group.ts';
import { createLog, type Log, type Occupancy } from './log.ts';
import { Refusal } from './refusal.ts';
import type { StoredMessage, WireMessage } from './stored-message.ts';

/** Logs and groups: what outlives every connection. */
export interface Storage {
  readonly held: number;
  readonly logs: ReadonlyMap<string, Log>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Into its topic's log, and to every group that wants it. */
  store(content: WireMessage): StoredMessage;
  /** @throws {Refusal} `group-differs` */
  declare(spec: GroupSpec): Group;
  /** @throws {Refusal} `group-unknown` */
  groupNamed(name: string): Group;
}

export interface StorageOptions {
  readonly clock: Clock;
  readonly historyPerTopic: number;
  readonly wake: (group: Group) => void;
}

interface Route {
  readonly log: Log;
  readonly groups: readonly Group[];
}

/** Types are few; a producer that invents one per event must not fill the memory with routes. */
const mostRoutes = 10_000;

export function createStorage({ clock, historyPerTopic, wake }: StorageOptions): Storage {
  const occupancy: Occupancy = { held: 0 };
  const logs = new Map<string, Log>();
  const groups = new Map<string, Group>();
  /** By type; forgotten whenever a group or a pattern is added. */
  const routes = new Map<string, Route>();
  let sequence = 0;

  function logOf(topic: string): Log {
    let log = logs.get(topic);
    if (log === undefined) {
      log = createLog(topic, historyPerTopic, occupancy);
      logs.set(topic, log);
    }
    return log;
  }

  function routeOf(type: string): Route {
    let route = routes.get(type);
    if (route === undefined) {
      if (routes.size >= mostRoutes) routes.clear();
      route = { log: logOf(topicOf(type)), groups: [...groups.values()].filter((group) => group.wants(type)) };
      routes.set(type, route);
    }
    return route;
  }

  /** A type that the group has not wanted before begins where a new group would. */
  function widen(group: Group, patterns: readonly string[]): void {
    const stored = group.startFrom === 'latest' ? [] : [...logs.values()].flatMap((log) => log.messages());
    const unwanted = stored.filter(({ content }) => !group.wants(content.type));
    group.addPatterns(patterns);
    routes.clear();
    for (const message of unwanted) if (group.wants(message.content.type)) group.enqueue(message);
  }

  const around = {
    clock,
    wake,
    nextSequence: () => (sequence += 1),
    open: (message: StoredMessage) => logOf(message.topic).open(message),
    close: (message: StoredMessage) => logOf(message.topic).close(message),
  };

  return {
    get held() {
      return occupancy.held;
    },
    logs,
    groups,
    store(content) {
      const route = routeOf(content.type);
      sequence += 1;
      const message = route.log.append(content, sequence);
      for (const group of route.groups) group.enqueue(message);
      return message;
    },
    declare(spec) {
      let group = groups.get(spec.group);
      if (group === undefined) {
        group = createGroup(spec, around);
        groups.set(spec.group, group);
      } else refuseOtherOrdering(group, spec);
      const added = group.lacks(spec.patterns);
      if (added.length > 0) widen(group, added);
      return group;
    },
    groupNamed(name) {
      const group = groups.get(name);
      if (group !== undefined) return group;
      throw new Refusal(
        'group-unknown',
        `There is no group "${name}" on this broker. Start a consumer of it, or declare it.`,
        { retryable: false },
      );
    },
  };
}

/** `startFrom` is no difference: it says where a group that does not exist yet begins. */
function refuseOtherOrdering(group: Group, { ordering }: GroupSpec): void {
  if (group.ordering === ordering) return;
  throw new Refusal(
    'group-differs',
    `Group "${group.name}" exists with ordering "${group.ordering}" and was asked for with "${ordering}". All members of a group need the same; a group keeps what it was created with.`,
    { retryable: false },
  );
}
