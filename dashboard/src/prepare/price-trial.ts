/**
 * The dry run of a price: what tokens that were already used would have cost at it. Exact for the
 * tokens given; the ledger rounds each interaction on its own, so the bill may differ in the last
 * digits, and the page says so.
 */
import { scaled, unscaled } from "./decimal.ts";

/** A rate for so many units. */
export type TrialRate = { resource: string; rate: string; per: number };

/** One line of the trial. */
export type TrialLine = { resource: string; quantity: number; amount: string };

/** Whether a text is a rate that the price book takes. */
export function isRate(text: string): boolean {
  return /^\d{1,9}(\.\d{1,12})?$/.test(text);
}

/** What each resource would have cost; resources without a rate are left out. */
export function priceTrial(quantities: Readonly<Record<string, number>>, rates: readonly TrialRate[]): TrialLine[] {
  return rates.flatMap(({ resource, rate, per }) => {
    const quantity = quantities[resource] ?? 0;
    if (!isRate(rate) || quantity === 0) return [];
    return [{ resource, quantity, amount: unscaled((scaled(rate) * BigInt(quantity)) / BigInt(per)) }];
  });
}
