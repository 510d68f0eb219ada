/** The colour of a slot; without one, the grey of "Other". */
export function seriesColour(slot: number | null): string {
  return slot === null ? "var(--color-series-other)" : `var(--color-series-${slot})`;
}
