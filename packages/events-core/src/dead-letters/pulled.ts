interface Offer<T> {
  readonly item: T;
  answer(wanted: boolean): void;
}

/**
 * Turns a source that pushes into an iterator that pulls. The source offers one item at a time and waits for the answer:
 * true for the next one, false to end. Nothing runs before the first pull; leaving the loop answers false at once and
 * waits until the source has ended. A source that fails rejects the iterator.
 */
export async function* pulled<T>(
  push: (offer: (item: T) => Promise<boolean>) => Promise<unknown>,
): AsyncGenerator<T, void> {
  let next = Promise.withResolvers<Offer<T> | undefined>();
  let open: Offer<T> | undefined;
  const offer = (item: T) => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    next.resolve({ item, answer: resolve });
    return promise;
  };
  const ended = push(offer).then(
    () => next.resolve(undefined),
    (error: unknown) => next.reject(error),
  );
  try {
    for (;;) {
      open = await next.promise;
      if (open === undefined) return;
      next = Promise.withResolvers();
      // The source may fail while the loop's body runs: the next pull is told, and nobody else has to hear of it.
      next.promise.catch(() => {});
      yield open.item;
      open.answer(true);
    }
  } finally {
    open?.answer(false);
    await ended;
  }
}
