/**
 * The partition of what is spread by these bytes, or by this text's: as the client's default partitioner and Java's choose it,
 * without their cost.
 */
export function partitionOf(by: Buffer | string, partitions: number): number {
  return (murmur2(by) & 0x7fffffff) % partitions;
}

const longestText = 1_024;
/** No character takes more than three bytes for each of its units. */
const scratch = Buffer.allocUnsafe(3 * longestText);

function murmur2(by: Buffer | string): number {
  if (typeof by !== 'string') return hash(by, by.length);
  if (by.length > longestText) return murmur2(Buffer.from(by));
  return hash(scratch, scratch.write(by));
}

const multiplier = 0x5bd1e995;
const seed = 0x9747b28c;

/** @see https://github.com/apache/kafka/blob/4.0.0/clients/src/main/java/org/apache/kafka/common/utils/Utils.java `murmur2` */
function hash(bytes: Buffer, length: number): number {
  let value = seed ^ length;
  const whole = length & ~3;
  for (let at = 0; at < whole; at += 4) {
    let part = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    part = Math.imul(part, multiplier);
    part = Math.imul(part ^ (part >>> 24), multiplier);
    value = Math.imul(value, multiplier) ^ part;
  }
  const rest = length - whole;
  if (rest > 2) value ^= bytes[whole + 2]! << 16;
  if (rest > 1) value ^= bytes[whole + 1]! << 8;
  if (rest > 0) value = Math.imul(value ^ bytes[whole]!, multiplier);
  value = Math.imul(value ^ (value >>> 13), multiplier);
  return value ^ (value >>> 15);
}
