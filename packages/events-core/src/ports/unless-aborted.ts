/** What the promise brings, or undefined as soon as the signal aborts: nobody waits then for a promise that may never settle. */
export async function unlessAborted<T>(promise: T | PromiseLike<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) {
    Promise.resolve(promise).catch(() => {});
    return undefined;
  }
  const { promise: first, resolve, reject } = Promise.withResolvers<T | undefined>();
  const onAbort = () => resolve(undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  Promise.resolve(promise).then(resolve, reject);
  try {
    return await first;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
