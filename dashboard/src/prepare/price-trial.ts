/** What prices of one's own would change, from the ledger's dry run of each. */
import type { Reestimates } from "../api/queries/prices.ts";
import { exactSum } from "./decimal.ts";

/** What several prices of one model would change together. */
export type PriceTrial = {
  interactionCount: number;
  /** What the totals gain, to the last digit. */
  difference: string;
  months: { month: string; difference: string }[];
  /** Whether everything was looked at; if not, it is at least this. */
  isComplete: boolean;
};

/** Whether a text is a rate that the price book takes. */
export function isRate(text: string): boolean {
  return /^\d{1,9}(\.\d{1,12})?$/.test(text);
}

/** The dry runs of one model's prices as one: each adds its own part of an interaction's cost, so their differences add up. */
export function mergeTrials(trials: readonly Reestimates[]): PriceTrial {
  const months = [...new Set(trials.flatMap((trial) => trial.months.map(({ month }) => month)))].sort();
  return {
    // The same interactions, each priced for another part of what it used.
    interactionCount: Math.max(0, ...trials.map(({ interaction_count }) => interaction_count)),
    difference: exactSum(trials.map(({ cost_difference }) => cost_difference)),
    months: months.map((month) => ({ month, difference: exactSum(trials.flatMap((trial) => trial.months.filter((one) => one.month === month).map(({ cost_difference }) => cost_difference))) })),
    isComplete: trials.every(({ is_complete }) => is_complete),
  };
}
