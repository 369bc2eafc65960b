import type { Writable } from 'node:stream';

/**
 * The client writes each message to the socket by itself: a system call for each, which costs more than all else that is
 * done for it. Call what this returns after a publish, and all that is published in this turn goes out at once. Nothing
 * goes out later than it would.
 */
export function joinedWrites(stream: Writable): () => void {
  let joining = false;
  const goOut = () => {
    joining = false;
    stream.uncork();
  };
  return () => {
    if (joining) return;
    joining = true;
    stream.cork();
    // The client hands messages to the socket in an immediate that it schedules in the next tick: this one comes after it.
    process.nextTick(() => setImmediate(goOut));
  };
}

/** A corked socket that is full makes the client wait for it to drain, and then write one by one: room for a window. */
export const joinedBytes = 1024 * 1024;
