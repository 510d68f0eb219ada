/** From the prices in force of one model to one line of a sheet: what most calls pay, and how much more there is. */
import type { Rate } from "../api/queries/prices.ts";

/** The columns of the sheet. */
export const sheetResources = ["input", "cache_read", "cache_write_5m", "output"] as const;
/** One of them. */
export type SheetResource = (typeof sheetResources)[number];

/** A model's line. */
export type SheetLine = {
  rates: Record<SheetResource, Rate | null>;
  /** Prices for other tiers, regions, contexts and resources. */
  moreCount: number;
  /** The newest day on which one of the four began to hold, where that is known. */
  changed: string | null;
};

function isUsual({ service_tier, region, min_context, schedule }: Rate): boolean {
  return (service_tier === "standard" || service_tier === "") && region === "" && min_context === 0 && schedule === "";
}

/** Lays out the prices in force of one model. */
export function sheetLine(rates: readonly Rate[]): SheetLine {
  const of = (resource: SheetResource) => rates.find((rate) => rate.resource_type === resource && isUsual(rate)) ?? null;
  const found = { input: of("input"), cache_read: of("cache_read"), cache_write_5m: of("cache_write_5m"), output: of("output") };
  const shown = Object.values(found).filter((rate) => rate !== null);
  const begun = shown.flatMap(({ valid_from, valid_from_basis }) => (valid_from === null || valid_from_basis === "assumed" ? [] : [valid_from]));
  return { rates: found, moreCount: rates.length - shown.length, changed: begun.toSorted().at(-1) ?? null };
}
