import { foreignId } from '../codec/foreign.ts';
import type { Delivery } from '../contract/delivery.ts';

/** The same for each delivery of a message to this group: its position, where the broker has one, else its id, else its bytes. */
export function deliveryName({ message, position }: Delivery): string {
  return position ?? message.id ?? foreignId(message.body);
}
