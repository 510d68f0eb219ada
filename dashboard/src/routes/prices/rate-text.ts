import type { Rate } from "../../api/queries/prices.ts";
import { resourceName } from "../../prepare/group-name.ts";
import { unitPrice } from "../../prepare/receipt.ts";
import { zoneTime } from "../../prepare/zone-time.ts";

/** What a rate is for, with all that narrows it. */
export function rateScope(rate: Rate): string {
  const narrow = [rate.service_tier === "standard" ? "" : rate.service_tier, rate.region, rate.min_context > 0 ? `from ${rate.min_context.toLocaleString("en-US")} input tokens` : "", rate.schedule].filter((part) => part !== "");
  return [resourceName(rate.resource_type), ...narrow].join(" · ");
}

/** A rate as people say it; a multiplier is a factor. */
export function rateText(rate: Rate): string {
  return rate.resource_type === "multiplier" ? `× ${rate.rate}/${rate.per}` : unitPrice(rate);
}

/** From when a rate holds, and how that is known. */
export function rateStart(rate: Rate, timeZone: string): string {
  const basis = rate.valid_from_basis === "stated" ? "" : ` (${rate.valid_from_basis})`;
  return rate.valid_from === null ? `the beginning${basis}` : `${zoneTime(rate.valid_from, timeZone, "day")}${basis}`;
}
