/** Why a delivery can no longer be settled here. */
export function rightLost(why: string, cause?: unknown): Error {
  return new Error(`The right to settle this delivery is lost: ${why}.`, { cause });
}
