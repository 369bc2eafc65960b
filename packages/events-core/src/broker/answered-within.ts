import { systemClock } from '../ports/system-clock.ts';

/**
 * What `ask` answers, or what `otherwise` says after `timeoutMs`. On the machine's own time whatever clock the adapter
 * simulates: somebody waits for the answer.
 */
export async function answeredWithin<T>(timeoutMs: number, ask: () => Promise<T>, otherwise: () => T): Promise<T> {
  const { promise: late, resolve, reject } = Promise.withResolvers<T>();
  const cancel = systemClock.schedule(timeoutMs, () => {
    try {
      resolve(otherwise());
    } catch (error) {
      reject(error);
    }
  });
  try {
    return await Promise.race([ask(), late]);
  } finally {
    cancel();
  }
}
