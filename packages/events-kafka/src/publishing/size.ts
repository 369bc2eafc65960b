import type { NativeRecord } from '../mapping.ts';

/** What Kafka and the client put around key, value and headers, at most. */
const frameBytes = 100;

/** About what a record takes in a batch. For texts their length: what is exact would cost more than it is good for. */
export function bytesOf({ key, value, headers }: NativeRecord): number {
  let bytes = frameBytes + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) {
    const said = headers[name];
    bytes += name.length + (Array.isArray(said) ? said.reduce((sum, one) => sum + one.length, 0) : (said?.length ?? 0));
  }
  return bytes;
}
