/** Money by currency, in minor units. */
export type Totals = Map<string, number>;

export function addTo(totals: Totals, currency: string, amount: number): void {
  totals.set(currency, (totals.get(currency) ?? 0) + amount);
}
