export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** Interpolated between the two nearest. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  return below + ((sorted[Math.ceil(place)] ?? NaN) - below) * (place % 1);
}

/** The middle of what several rounds have shown, and the bounds of the middle half of them. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spreadOf(numbers: readonly number[], decimals = 1): Spread {
  const at = (share: number): number => rounded(quantile(numbers, share), decimals);
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

export function rounded(number: number, decimals = 1): number {
  return Number(number.toFixed(decimals));
}
