/** A change against the comparison, said only where it is like for like. */
import { exactDifference, scaled, sign } from "./decimal.ts";
import { signedMoney } from "./money.ts";
import { signedPercent } from "./quantity.ts";

/** A change ready to print. */
export type Change =
  | { kind: "change"; direction: "up" | "down" | "same"; percent: string; amount: string }
  | { kind: "new"; percent: "new"; amount: string }
  | { kind: "none"; reason: string };

/** The ratio of a change for its percentage; a ratio of two exact integers, rounded once. */
function ratio(current: string, previous: string): number {
  const base = scaled(previous);
  const difference = scaled(current) - base;
  return Number((difference * 1_000_000n) / (base < 0n ? -base : base)) / 1_000_000;
}

/** Compares two amounts; `reason` says why they cannot be compared, if so. */
export function moneyChange(current: string | null, previous: string | null, reason: string | null = null): Change {
  if (reason !== null) return { kind: "none", reason };
  if (current === null || previous === null) return { kind: "none", reason: "Nothing to compare with." };
  const difference = exactDifference(current, previous);
  const amount = signedMoney(difference);
  if (sign(previous) === 0) {
    return sign(current) === 0 ? { kind: "none", reason: "Nothing in either period." } : { kind: "new", percent: "new", amount };
  }
  const direction = sign(difference);
  return {
    kind: "change",
    direction: direction > 0 ? "up" : direction < 0 ? "down" : "same",
    percent: signedPercent(ratio(current, previous)),
    amount,
  };
}
