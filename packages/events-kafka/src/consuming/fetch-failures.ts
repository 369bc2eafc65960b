import type { Consumer } from 'kafkajs';

/**
 * Calls `failed` after a fetch that was refused or not answered, of which the client tells nobody: it asks for metadata and
 * fetches again. Ends with the function that is returned.
 */
export function watchFetches(consumer: Pick<Consumer, 'on' | 'events'>, failed: () => void): () => void {
  const { FETCH_START, FETCH } = consumer.events;
  /** Nodes that were asked. */
  const asked = new Set<number>();
  const stopListening = [
    consumer.on(FETCH_START, ({ payload: { nodeId } }) => {
      if (asked.has(nodeId)) failed();
      asked.add(nodeId);
    }),
    consumer.on(FETCH, ({ payload: { nodeId } }) => void asked.delete(nodeId)),
  ];
  return () => {
    for (const stop of stopListening) stop();
  };
}
