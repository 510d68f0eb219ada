/** The receipt of one interaction: each line as it is multiplied, and the whole as a text. */
import type { CostLine, Receipt } from "../api/model.ts";
import { componentName, resourceName } from "./group-name.ts";
import { exactMoney } from "./money.ts";
import { isUnread, unreadField } from "./unread-fields.ts";
import { count } from "./quantity.ts";
import { zoneTime } from "./zone-time.ts";

/** "5 / 1M" as people know it: $5.00 per 1M. */
export function unitPrice(price: Pick<NonNullable<CostLine["price"]>, "rate" | "per">): string {
  const per = price.per === 1_000_000 ? "1M" : price.per === 1_000 ? "1K" : count(price.per);
  return price.per === 1 ? `${exactMoney(price.rate)} each` : `${exactMoney(price.rate)} / ${per}`;
}

const flagTexts: Record<string, string> = {
  assumed_start: "the call is older than this price's first sighting",
  stale_price: "the price list had not been refreshed in time",
  billed_as_input: "no rate of its own: charged as input",
  billed_as_cache_write_5m: "no rate of its own: charged as a cache write of 5 minutes",
  billed_as_output: "charged as output",
  context_tier_missing: "no rate is known for a context this long",
  implied_request: "the model charges for each request: one was counted",
  declared: "the sender said what it cost",
  unpriced: "no rate is known",
  cache_lifetime_assumed: "how long the cache lives was not told: taken for five minutes",
  cache_lifetime_by_setting: "how long the cache lives is what is set for its sender",
  total_decided: "the total chose between two readings of the counts",
  total_differs: "the total fits no reading of the counts",
  hidden_reasoning: "what the total has beyond the counts was taken for reasoning",
  overlap_concluded: "which counts contain which was concluded",
  compaction_added: "a compaction that the provider's sum leaves out was added",
  image_output_concluded: "output that does not say its kind was taken for images",
  unread_usage: "a figure of the usage could not be read",
  reported: "the provider's own amount, which counts by your setting",
};

/** What the reading of a usage report assumed or concluded, as a sentence. */
const readingTexts: Record<string, string> = {
  cache_lifetime_assumed: "Nothing said how long the written cache lives: the shorter lifetime, 5 minutes, was taken.",
  cache_lifetime_by_setting: "How long the written cache lives is the setting of its sender.",
  total_decided: "The counts could be read in two ways: the reported total decided.",
  total_differs: "The reported total fits no reading of the counts.",
  hidden_reasoning: "What the total has beyond the counts was taken for reasoning that was not reported.",
  overlap_concluded: "Whether cached input is a part of the input was concluded from the counts.",
  compaction_added: "Steps that the provider's own sums leave out were added.",
  image_output_concluded: "Output that did not say its kind was taken for images.",
  unread_usage: "A figure of the usage report could not be read.",
  reported: "The amount that the provider reports counts in the estimate's place: that is set for this provider.",
  reported_by_sender: "The reported amount was stated by its sender beside the usage: the provider's own is not known.",
};

/** A conclusion about the usage report, in words. */
export function readingText(flag: string): string {
  return readingTexts[flag] ?? `${flag.slice(0, 1).toUpperCase()}${flag.slice(1).replaceAll("_", " ")}.`;
}

/** What a line is of: a number without a meaning is named by the field that held it. */
export function lineName(resource: string): string {
  return isUnread(resource) ? `“${unreadField(resource)}”, a number that we could not read` : resourceName(resource);
}

/** A remark on a line, in words. */
export function flagText(flag: string): string {
  return flagTexts[flag] ?? flag.replaceAll("_", " ");
}

/** Where a price comes from, and since when. */
export function priceOrigin(price: NonNullable<CostLine["price"]>, timeZone: string): string {
  const since = price.valid_from_basis === "assumed" ? "from the beginning (assumed)" : `since ${zoneTime(price.valid_from, timeZone, "day")}${price.valid_from_basis === "observed" ? " (observed)" : ""}`;
  const extras = [price.service_tier === "standard" || price.service_tier === "" ? null : price.service_tier, price.region || null, price.min_context > 0 ? `from ${count(price.min_context)} input tokens` : null, price.schedule || null].filter((one) => one !== null);
  return [`${price.provider}/${price.model}`.replace(/\/$/, ""), ...extras, since, `from ${price.source}`].join(" · ");
}

/** The sum as one reads it: quantity × rate = amount. */
export function lineText(line: CostLine): string {
  const factor = line.multiplier === null ? "" : ` × ${line.multiplier.numerator}/${line.multiplier.denominator}`;
  const price = line.price === null ? (line.flags.includes("reported") ? "stated by the provider" : line.flags.includes("declared") ? "stated by the sender" : "no price") : unitPrice(line.price);
  return `${lineName(line.resource_type)}: ${count(line.quantity)} × ${price}${factor} = ${exactMoney(line.amount)}`;
}

/** The receipt as a text to paste. */
export function receiptText({ interaction, lines, estimate, price_time, reporting_time_zone, equals_stored, today }: Receipt): string {
  const head = [
    `Interaction ${interaction.id}`,
    `${interaction.provider}/${interaction.model} · ${zoneTime(price_time, reporting_time_zone, "full")} ${reporting_time_zone}`,
    `Session ${interaction.session_id} · user ${interaction.user_id || "none"}${interaction.agent === "" ? "" : ` · agent ${interaction.agent}`}`,
    "",
  ];
  const body = lines.map((line) => `${lineText(line)}${line.price === null ? "" : `   [${priceOrigin(line.price, reporting_time_zone)}]`}`);
  const parts = (["ai_tokens", "db_ops", "api_calls", "compute_time"] as const).map((name) => `${componentName(name)}: ${exactMoney(estimate.cost_by_component[name])}`);
  return [...head, ...body, "", ...parts, `Total: ${exactMoney(estimate.total_cost)} (${estimate.price_state})${equals_stored ? ", equals the stored amount" : ", DIFFERS from the stored amount"}`, `At today's price: ${exactMoney(today.total_cost)}`, ""].join("\n");
}
