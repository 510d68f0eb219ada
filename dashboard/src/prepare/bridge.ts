/** From last period's total to this one's, step by step: where each bar of the bridge lies. */
import { compare, exactDifference, exactSum, magnitude, position, sign } from "./decimal.ts";

/** A step of the bridge as the API explains it. */
export type BridgeStep = { key: string; name: string; amount: string };

/** A bar of the bridge, in percent of the widest reach. */
export type BridgeBar = {
  key: string;
  name: string;
  amount: string;
  kind: "total" | "rise" | "fall" | "none";
  left: number;
  width: number;
};

/** A bridge ready to be drawn. */
export type Bridge = {
  bars: BridgeBar[];
  /** Whether the axis begins above zero, so that steps are more than slivers beside the totals. */
  isCut: boolean;
  /** What the steps leave unexplained; "0" when they explain everything, to the last digit. */
  remainder: string;
};

/** The smallest step that is worth a line, where the totals are read in cents. */
const stepMin = "0.005";

/** The steps that a reader can see; the rest together, exact, if it comes to something. */
export function visibleSteps(steps: readonly BridgeStep[]): BridgeStep[] {
  const isVisible = ({ amount }: BridgeStep) => compare(magnitude(amount), stepMin) >= 0;
  const rest = { key: "rest", name: "Smaller steps", amount: exactSum(steps.filter((step) => !isVisible(step)).map(({ amount }) => amount)) };
  return [...steps.filter(isVisible), ...(isVisible(rest) ? [rest] : [])];
}

/** Lays the bars out; the running sum decides where each step starts. */
export function prepareBridge(before: { name: string; amount: string }, steps: readonly BridgeStep[], after: { name: string; amount: string }): Bridge {
  const running: string[] = [before.amount];
  for (const step of steps) running.push(exactSum([running.at(-1) ?? "0", step.amount]));
  const points = [...running.map(position), position(after.amount)];
  const reach = Math.max(...points) || 1;
  const lowest = Math.min(...points);
  const span = reach - lowest;
  // Two thirds of the width are for the steps, where they would else have less than a third.
  const isCut = lowest > 0 && span > 0 && span < reach / 3;
  const floor = isCut ? lowest - span / 2 : Math.min(0, lowest);
  const percent = (value: number) => ((value - floor) / (reach - floor)) * 100;
  const bar = (key: string, name: string, amount: string, from: number, to: number, kind: BridgeBar["kind"]): BridgeBar => ({
    key, name, amount, kind, left: percent(Math.min(from, to)), width: Math.abs(percent(to) - percent(from)),
  });
  const bars = [bar("before", before.name, before.amount, isCut ? floor : 0, position(before.amount), "total")];
  steps.forEach((step, index) => {
    const direction = sign(step.amount);
    const kind = direction > 0 ? "rise" : direction < 0 ? "fall" : "none";
    bars.push(bar(step.key, step.name, step.amount, position(running[index] ?? "0"), position(running[index + 1] ?? "0"), kind));
  });
  bars.push(bar("after", after.name, after.amount, isCut ? floor : 0, position(after.amount), "total"));
  return { bars, isCut, remainder: exactDifference(after.amount, running.at(-1) ?? "0") };
}
