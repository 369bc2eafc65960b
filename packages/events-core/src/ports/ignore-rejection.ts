/**
 * For what a caller's function returned where no promise is waited for: if it is one and rejects, the rejection ends
 * here, not the process.
 */
export function ignoreRejection(result: unknown): void {
  if (typeof result === 'object' && result !== null) Promise.resolve(result).catch(() => {});
}
