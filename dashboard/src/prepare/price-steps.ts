/** The history of a model's prices as steps over time. */
import type { Rate } from "../api/queries/prices.ts";
import { position } from "./decimal.ts";

/** One stretch at one price. */
export type PriceStep = { id: number; rate: string; from: number | null; to: number | null; value: number };
/** One resource's stretches, oldest first. */
export type PriceLine = { key: string; resource: string; detail: string; per: number; steps: PriceStep[] };

const moment = (iso: string | null) => (iso === null ? null : Date.parse(iso));

/** Active rows by what they price; rows that never held are left out. */
export function priceLines(rates: readonly Rate[]): PriceLine[] {
  const lines = new Map<string, PriceLine>();
  for (const rate of rates) {
    if (rate.status !== "active" || (rate.valid_to !== null && rate.valid_to === rate.valid_from)) continue;
    const detail = [rate.service_tier === "standard" ? "" : rate.service_tier, rate.region, rate.min_context > 0 ? `from ${rate.min_context.toLocaleString("en-US")} tokens` : "", rate.schedule].filter((part) => part !== "").join(", ");
    const key = `${rate.resource_type}/${detail}`;
    const line = lines.get(key) ?? { key, resource: rate.resource_type, detail, per: rate.per, steps: [] };
    line.steps.push({ id: rate.id, rate: rate.rate, from: moment(rate.valid_from), to: moment(rate.valid_to), value: position(rate.rate) });
    lines.set(key, line);
  }
  for (const line of lines.values()) line.steps.sort((a, b) => (a.from ?? Number.NEGATIVE_INFINITY) - (b.from ?? Number.NEGATIVE_INFINITY));
  return [...lines.values()];
}

/** The window that shows every change with room on both sides; at least 90 days up to now. */
export function priceWindow(lines: readonly PriceLine[], now: number): { from: number; to: number } {
  const quarter = 90 * 86_400_000;
  const starts = lines.flatMap(({ steps }) => steps.flatMap(({ from, to }) => [from, to]).filter((one): one is number => one !== null));
  const first = Math.min(now - quarter, ...starts);
  const to = Math.max(now, ...starts);
  return { from: first - (to - first) * 0.04, to };
}
