import type { Event } from '../events/event.ts';
import type { HandlerContext, Middleware } from './handler.ts';

export interface Surrounded {
  readonly event: Event;
  readonly context: HandlerContext;
  readonly middleware: readonly Middleware[];
}

/** Runs `handle` inside the layers, the first registered outermost. Ends when all of them have ended, and not before `handle`. */
export function runMiddleware(around: Surrounded, handle: () => Promise<void>, index = 0): Promise<void> {
  const layer = around.middleware[index];
  if (layer === undefined) return handle();
  return runLayer(around, layer, () => runMiddleware(around, handle, index + 1));
}

async function runLayer({ event, context }: Surrounded, layer: Middleware, rest: () => Promise<void>): Promise<void> {
  const inside: { run?: Promise<void>; ended?: boolean } = {};

  function next(): Promise<void> {
    if (inside.run !== undefined) throw new Error('A middleware called next() twice.');
    inside.run = rest().finally(() => {
      inside.ended = true;
    });
    // A layer that does not look at it must not kill the process with an unhandled rejection.
    inside.run.catch(() => {});
    return inside.run;
  }

  try {
    await layer(event, context, next);
  } catch (error) {
    await inside.run?.catch(() => {});
    throw error;
  }
  if (inside.run === undefined || inside.ended) return;
  // Without this a forgotten `await` would acknowledge an event that is still being handled, and may yet fail.
  await inside.run;
  throw new Error('A middleware did not wait for next(): await it.');
}
