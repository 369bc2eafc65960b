/** An offset as a number. Kafka's are 64 bits; a partition that had a million messages a second would pass 2^53 in 285 years. */
export function offsetOf(text: string): number {
  const offset = Number(text);
  if (text === '' || !Number.isSafeInteger(offset))
    throw new RangeError(`"${text}" is no offset that can be counted with.`);
  return offset;
}
