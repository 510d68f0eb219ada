import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Rate } from "../../api/queries/prices.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { Badge } from "../../ui/badge.tsx";
import { DataTable, type TableColumn } from "../../ui/data-table.tsx";
import { rateScope, rateStart, rateText } from "./rate-text.ts";

type RateTableProps = { rates: readonly Rate[]; caption: string; timeZone: string; showsModel?: boolean; current?: number; action?: (rate: Rate) => ReactNode };

/** Rows of the price book: what, how much, since when, who says so. */
export function RateTable({ rates, caption, timeZone, showsModel = true, current, action }: RateTableProps) {
  const columns: TableColumn<Rate>[] = [
    ...(showsModel
      ? [
          {
            key: "model",
            name: "Model",
            cell: ({ provider, model }: Rate) => (
              <span className="flex flex-col">
                <Link to="/models/$modelId" params={{ modelId: `${provider}/${model}` }} className="link truncate" data-row-link>
                  {model || "no model"}
                </Link>
                <span className="text-xs text-faint">{provider}</span>
              </span>
            ),
          },
        ]
      : []),
    { key: "what", name: "What", cell: (rate) => <span className={rate.id === current ? "font-semibold" : ""}>{rateScope(rate)}{rate.id === current && " (this one)"}</span> },
    {
      key: "rate",
      name: "Price",
      numeric: true,
      cell: (rate) => (
        <Link to="/prices/$priceId" params={{ priceId: String(rate.id) }} search={(old: object) => ({ ...old, of: `${rate.provider}/${rate.model}` })} className="link" title={`Price #${rate.id}`}>
          {rateText(rate)}
        </Link>
      ),
    },
    { key: "from", name: "Since", from: "sm", cell: (rate) => rateStart(rate, timeZone) },
    { key: "to", name: "Until", from: "lg", cell: ({ valid_to }) => (valid_to === null ? "in force" : zoneTime(valid_to, timeZone, "day")) },
    {
      key: "source",
      name: "Source",
      from: "md",
      cell: ({ source, stale, status, reason, source_revision }) => (
        <span className="inline-flex flex-wrap items-center gap-1" title={source_revision}>
          {source}
          {stale && <Badge tone="warn" title="Its source has not answered for longer than its price counts as fresh; it still prices">stale</Badge>}
          {status !== "active" && <Badge tone="warn">{status}</Badge>}
          {reason !== null && <span className="text-xs text-faint">{reason}</span>}
        </span>
      ),
    },
    ...(action === undefined ? [] : [{ key: "act", name: <span className="sr-only">Change</span>, numeric: true, cell: action }]),
  ];
  return <DataTable caption={caption} rows={rates} rowKey={({ id }) => String(id)} columns={columns} />;
}
