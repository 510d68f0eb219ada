import type { Rate } from "../../api/queries/prices.ts";
import type { TableFile } from "../../prepare/table-file.ts";

/** The prices on the screen as a file. */
export function rateFile(page: { items: readonly Rate[]; total: number; offset: number; at: string | null }): TableFile {
  return {
    name: "prices",
    about: { "in force at": page.at ?? "now", rows: `${page.offset + 1} to ${page.offset + page.items.length} of ${page.total}`, rates: "USD for `per` units" },
    columns: ["provider", "model", "resource_type", "region", "service_tier", "min_context", "schedule", "rate", "per", "valid_from", "valid_from_basis", "source", "source_revision"],
    rows: page.items.map((rate) => [rate.provider, rate.model, rate.resource_type, rate.region, rate.service_tier, rate.min_context, rate.schedule, rate.rate, rate.per, rate.valid_from, rate.valid_from_basis, rate.source, rate.source_revision]),
  };
}
