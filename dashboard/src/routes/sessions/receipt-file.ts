import type { Receipt } from "../../api/model.ts";
import type { TableFile } from "../../prepare/table-file.ts";

/** The receipt's lines as a file. */
export function receiptFile({ interaction, estimate, lines, reporting_time_zone, price_time, equals_stored }: Receipt): TableFile {
  return {
    name: `receipt-${interaction.id}`.replaceAll(/[^\w.-]+/g, "_"),
    about: {
      interaction: interaction.id,
      session: interaction.session_id,
      "price time": price_time,
      "reporting time zone": reporting_time_zone,
      "stored total in USD": estimate.total_cost ?? "no price",
      "lines equal the stored total": String(equals_stored),
    },
    columns: ["component", "resource_type", "quantity", "rate", "per", "multiplier", "amount", "price_id", "price_source", "price_valid_from"],
    rows: lines.map(({ component, resource_type, quantity, price, multiplier, amount }) => [
      component, resource_type, quantity, price?.rate ?? null, price?.per ?? null,
      multiplier === null ? null : `${multiplier.numerator}/${multiplier.denominator}`,
      amount, price?.price_id ?? null, price?.source ?? null, price?.valid_from ?? null,
    ]),
  };
}
