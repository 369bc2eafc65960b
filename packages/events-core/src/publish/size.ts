import type { OutgoingMessage } from '../contract/message.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';

/** Body plus headers, as UTF-8. */
export function byteLength({ body, headers }: Pick<OutgoingMessage, 'body' | 'headers'>): number {
  let bytes = body.byteLength;
  for (const name in headers) bytes += name.length + Buffer.byteLength(headers[name] ?? '');
  return bytes;
}

/** @throws {InvalidEventError} when the message is larger than `most` bytes. */
export function checkSize(
  message: Pick<OutgoingMessage, 'id' | 'type' | 'body' | 'headers'>,
  most: number,
  whose: string,
): void {
  // No character takes more than three bytes. Counting them exactly costs more than all other checks together.
  let atMost = message.body.byteLength;
  for (const name in message.headers) atMost += name.length + 3 * (message.headers[name]?.length ?? 0);
  if (atMost <= most) return;
  const bytes = byteLength(message);
  if (bytes <= most) return;
  throw new InvalidEventError(
    `Event ${message.id} (${message.type}) is too large: ${bytes} bytes, ${whose} allows ${most}. Publish ids and essential data, and let consumers fetch the rest.`,
    message.type,
    [{ path: 'data', message: 'is too large' }],
  );
}
