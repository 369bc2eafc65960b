/** Listens once to each signal, however many share it: core gives one signal to all sends that begin close together. */
export interface SharedSignals {
  join(signal: AbortSignal): void;
  /** The last that leaves takes the listener away. */
  leave(signal: AbortSignal): void;
}

interface Group {
  readonly signal: AbortSignal;
  readonly listener: () => void;
  users: number;
}

export function createSharedSignals(aborted: (signal: AbortSignal) => void): SharedSignals {
  const groups = new Map<AbortSignal, Group>();
  /** Asked for first: the usual case. */
  let latest: Group | undefined;

  function find(signal: AbortSignal): Group | undefined {
    return latest?.signal === signal ? latest : groups.get(signal);
  }

  function add(signal: AbortSignal): Group {
    const group: Group = { signal, listener: () => aborted(signal), users: 0 };
    signal.addEventListener('abort', group.listener, { once: true });
    groups.set(signal, group);
    return group;
  }

  return {
    join(signal) {
      latest = find(signal) ?? add(signal);
      latest.users += 1;
    },
    leave(signal) {
      const group = find(signal);
      if (group === undefined) return;
      group.users -= 1;
      if (group.users > 0) return;
      signal.removeEventListener('abort', group.listener);
      groups.delete(signal);
      if (latest === group) latest = undefined;
    },
  };
}
