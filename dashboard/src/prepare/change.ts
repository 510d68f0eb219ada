/** A change against the comparison as the API states it, said only where it is like for like. */
import type { Comparison, DailyStats, GroupRow } from "../api/model.ts";
import { dayLabel } from "./day.ts";
import { sign } from "./decimal.ts";
import { signedMoney } from "./money.ts";
import { signedPercent } from "./quantity.ts";

/** A change ready to print. */
export type Change =
  | { kind: "change"; direction: "up" | "down" | "same"; percent: string; amount: string }
  | { kind: "new"; percent: "new"; amount: string }
  | { kind: "none"; reason: string };

const reasons: Record<NonNullable<Comparison["reason"]>, string> = {
  open_day: "The period has no complete day yet.",
  no_data_before: "There is no data in the compared period.",
  coverage_differs: "The two periods differ too much in how much of them has a price.",
};

/** Why a comparison cannot be made; null when it can. */
export function comparisonFault(comparison: Comparison | null): string | null {
  if (comparison === null) return "No comparison is chosen.";
  if (comparison.comparable) return null;
  return comparison.reason === null ? "The two periods are not alike." : reasons[comparison.reason];
}

/** One change of the API, in words. */
export function changeText(change: GroupRow["change"], comparison: Comparison | null): Change {
  const fault = comparisonFault(comparison);
  if (fault !== null) return { kind: "none", reason: fault };
  if (change === null || change.difference === null || change.current_total_cost === null) return { kind: "none", reason: "Nothing to compare with." };
  const amount = signedMoney(change.difference);
  const direction = sign(change.difference);
  if (change.ratio === null) return direction === 0 ? { kind: "none", reason: nothingIn(comparison) } : { kind: "new", percent: "new", amount };
  return { kind: "change", direction: direction > 0 ? "up" : direction < 0 ? "down" : "same", percent: signedPercent(change.ratio), amount };
}

/** Why a group that the list shows has nothing in the compared days: those leave out the day that is still running. */
function nothingIn(comparison: Comparison | null): string {
  return comparison?.current == null ? "Nothing in either period." : `Nothing in either period up to ${dayLabel(comparison.current.end_date)}: only today, which is still open.`;
}

/** A change of a count, by the API. */
export function countChangeText(change: DailyStats["count_change"], comparison: Comparison | null, format: (amount: string) => string): Change {
  const fault = comparisonFault(comparison);
  if (fault !== null) return { kind: "none", reason: fault };
  if (change === null) return { kind: "none", reason: "Nothing to compare with." };
  const { difference, ratio } = change;
  const amount = `${difference > 0 ? "+" : difference < 0 ? "−" : ""}${format(String(Math.abs(difference)))}`;
  if (ratio === null) return difference === 0 ? { kind: "none", reason: nothingIn(comparison) } : { kind: "new", percent: "new", amount };
  return { kind: "change", direction: difference > 0 ? "up" : difference < 0 ? "down" : "same", percent: signedPercent(ratio), amount };
}

/** A change of a plain number, from its ratio. */
export function ratioText(ratio: number | null, comparison: Comparison | null): Change {
  const fault = comparisonFault(comparison);
  if (fault !== null) return { kind: "none", reason: fault };
  if (ratio === null) return { kind: "none", reason: "Nothing to compare with." };
  return { kind: "change", direction: ratio > 0 ? "up" : ratio < 0 ? "down" : "same", percent: signedPercent(ratio), amount: "" };
}
