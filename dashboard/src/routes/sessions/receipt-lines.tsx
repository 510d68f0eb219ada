import { Link } from "@tanstack/react-router";
import type { Receipt } from "../../api/model.ts";
import { componentName } from "../../prepare/group-name.ts";
import { exactColumn, exactMoney } from "../../prepare/money.ts";
import { count } from "../../prepare/quantity.ts";
import { flagText, lineName, priceOrigin, unitPrice } from "../../prepare/receipt.ts";
import { Badge, NoPrice } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Icon } from "../../ui/icon.tsx";

const parts = ["ai_tokens", "db_ops", "api_calls", "compute_time"] as const;

/** Component × quantity × unit price = amount, with the dated price behind each line. */
export function ReceiptLines({ receipt }: { receipt: Receipt }) {
  const { lines, lines_total, equals_stored, estimate, reporting_time_zone } = receipt;
  const exact = exactColumn([...lines.map(({ amount }) => amount), lines_total]);
  // The same price list stands behind most lines: it is told once, and again only where it changes.
  const origins = lines.map(({ price }) => (price === null ? "" : priceOrigin(price, reporting_time_zone)));
  return (
    <>
      <DataTable
        caption="Lines of the receipt"
        rows={lines}
        rowKey={(line) => `${line.component}/${line.resource_type}/${line.price?.price_id ?? ""}/${line.quantity}`}
        columns={[
          {
            key: "what",
            name: "What",
            cell: (line) => (
              <span className="flex flex-col">
                <span>{lineName(line.resource_type)}</span>
                <span className="text-xs text-faint">{componentName(line.component)}</span>
              </span>
            ),
          },
          { key: "quantity", name: "Quantity", numeric: true, cell: ({ quantity }) => count(quantity) },
          {
            key: "price",
            name: "× unit price",
            numeric: true,
            cell: ({ price, multiplier, flags }) => (
              <>
                {price === null ? flags.includes("declared") || flags.includes("reported") ? "stated" : <NoPrice /> : unitPrice(price)}
                {multiplier !== null && ` × ${multiplier.numerator}/${multiplier.denominator}`}
              </>
            ),
          },
          { key: "amount", name: "= amount", numeric: true, cell: ({ amount, flags }) => (amount === null ? flags.some((flag) => flag.includes("included")) ? <span className="text-faint">included</span> : <NoPrice /> : exact(amount)) },
          {
            key: "origin",
            name: "Price in force",
            from: "md",
            cell: ({ price, flags }) => (
              <span className="flex flex-wrap items-center gap-1 text-xs text-muted">
                {price !== null && (
                  <Link to="/prices/$priceId" params={{ priceId: String(price.price_id) }} search={(old: object) => ({ ...old, of: `${price.provider}/${price.model}` })} className="link" title={priceOrigin(price, reporting_time_zone)}>
                    #{price.price_id}
                    {origins.indexOf(priceOrigin(price, reporting_time_zone)) === lines.findIndex((line) => line.price === price) && ` · ${priceOrigin(price, reporting_time_zone)}`}
                  </Link>
                )}
                {flags.map((flag) => (
                  <Badge key={flag}>{flagText(flag)}</Badge>
                ))}
              </span>
            ),
          },
        ]}
        footers={[{ key: "total", strong: true, cells: { what: "Total", amount: lines_total === null ? <NoPrice /> : exact(lines_total), origin: <Stored equals={equals_stored} stored={estimate.total_cost} /> } }]}
      />
      <p className="md:hidden">
        <Stored equals={equals_stored} stored={estimate.total_cost} />
      </p>
      <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm">
        {parts.map((part) => (
          <div key={part}>
            <dt className="text-xs text-muted">{componentName(part)}</dt>
            <dd>{estimate.cost_by_component[part] === null ? <NoPrice /> : exactMoney(estimate.cost_by_component[part])}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** Whether the sum of the lines is what the ledger holds. */
function Stored({ equals, stored }: { equals: boolean; stored: string | null }) {
  if (equals) {
    return (
      <span className="inline-flex items-center gap-1 font-medium text-good">
        <Icon name="check" size={14} /> equals the stored amount
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1 font-medium text-danger">
      <Icon name="warning" size={14} /> the stored amount is {exactMoney(stored)}
    </span>
  );
}
