import { hueCount, noneSlot } from "../prepare/stack.ts";

/** The colour of a slot: a hue, from the seventh on the same hue half as strong; without one, the grey of "Other". */
export function seriesColour(slot: number | null): string {
  if (slot === null) return "var(--color-series-other)";
  if (slot === noneSlot) return "var(--color-series-none)";
  if (slot <= hueCount) return `var(--color-series-${slot})`;
  return `color-mix(in oklab, var(--color-series-${slot - hueCount}) 55%, var(--color-card))`;
}
