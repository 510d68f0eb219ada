import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { GroupRow } from "../../api/model.ts";
import { type Rate, ratesQuery } from "../../api/queries/prices.ts";
import { groupListQuery } from "../../api/queries/stats.ts";
import { addDays } from "../../prepare/day.ts";
import { isNoModel } from "../../prepare/group-name.ts";
import { exactMoney, listMoney } from "../../prepare/money.ts";
import { type SheetLine, sheetLine, type SheetResource } from "../../prepare/price-sheet.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Badge, NoPrice } from "../../ui/badge.tsx";
import { DataTable, type TableColumn } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { GroupLink } from "../groups/group-link.tsx";
import { rateText } from "./rate-text.ts";

/** How far back a model counts as used, and how long a change is news. */
const usedDays = 90;
const newsMs = 30 * 86_400_000;
/** A page of models: each asks for its own prices. */
const modelCount = 25;

type Row = { row: GroupRow; line: SheetLine | null };

const columnNames: Record<SheetResource, string> = { input: "Input", cache_read: "Cache read", cache_write_5m: "Cache write", output: "Output" };

/** What the models in use cost: a line each, for 1 million tokens of the standard tier. */
export function UsedPrices() {
  const { calendar, timeZone } = useSlice();
  const used = useQuery(groupListQuery("models", { start_date: addDays(calendar.today, 1 - usedDays), end_date: calendar.today, type: "chat", limit: modelCount }));
  const rows = (used.data?.items ?? []).filter(({ group }) => !isNoModel(group));
  const prices = useQueries({ queries: rows.map(({ group }) => ratesQuery({ provider: group.provider ?? "", model: group.model ?? "", limit: 100 })) });
  const [now] = useState(() => Date.now());
  const price = (resource: SheetResource): TableColumn<Row> => ({
    key: resource,
    name: columnNames[resource],
    numeric: true,
    ...(resource === "cache_read" || resource === "cache_write_5m" ? { from: "md" as const } : {}),
    cell: ({ line }) => <SheetPrice line={line} resource={resource} />,
  });
  return (
    <Panel query={used} minHeight={300} title={used.data === undefined ? "Used here" : `${plural(rows.length, "model")} used in ${usedDays} days`} isEmpty={({ items }) => items.length === 0} ledgerIsEmpty={({ as_of }) => as_of === null}>
      {({ total_count }) => (
        <>
          <p className="text-sm text-muted">
            USD for 1 million tokens, standard tier.{total_count > modelCount && ` The ${modelCount} that cost most, of ${count(total_count)}.`}
          </p>
          <DataTable
            caption="Prices of the models in use"
            rows={rows.map((row, index): Row => ({ row, line: prices[index]?.data === undefined ? null : sheetLine(prices[index].data.items) }))}
            rowKey={({ row }) => row.group.id}
            columns={[
              { key: "model", name: "Model", cell: ({ row }) => <GroupLink group={row.group} /> },
              price("input"),
              price("cache_read"),
              price("cache_write_5m"),
              price("output"),
              {
                key: "changed",
                name: "Since",
                from: "sm",
                cell: ({ line }) =>
                  line?.changed == null ? <span className="text-faint">—</span> : (
                    <span className="inline-flex flex-wrap items-center gap-1">
                      {zoneTime(line.changed, timeZone, "day")}
                      {now - Date.parse(line.changed) < newsMs && <Badge tone="warn">changed</Badge>}
                    </span>
                  ),
              },
              {
                key: "more",
                name: "More",
                from: "lg",
                cell: ({ row, line }) =>
                  line !== null && line.moreCount > 0 && (
                    <Link to="/prices" search={(old: object) => ({ ...old, tab: "rates" as const, q: row.group.id, skip: undefined })} className="link text-xs">
                      {plural(line.moreCount, "more price")}
                    </Link>
                  ),
              },
              { key: "spend", name: "Spend", numeric: true, from: "md", cell: ({ row }) => <span title={exactMoney(row.figures.total_cost)}>{listMoney(row.figures.total_cost)}</span> },
            ]}
          />
        </>
      )}
    </Panel>
  );
}

/** One price of the sheet, leading to its row of the book. */
function SheetPrice({ line, resource }: { line: SheetLine | null; resource: SheetResource }) {
  if (line === null) return <span className="text-faint">…</span>;
  const rate = line.rates[resource];
  if (rate !== null) return <PriceLink rate={rate} />;
  return resource === "input" || resource === "output" ? <NoPrice /> : <span className="text-faint">—</span>;
}

function PriceLink({ rate }: { rate: Rate }) {
  return (
    <Link to="/prices/$priceId" params={{ priceId: String(rate.id) }} search={(old: object) => ({ ...old, of: `${rate.provider}/${rate.model}` })} className="link">
      {rate.per === 1_000_000 ? exactMoney(rate.rate) : rateText(rate)}
    </Link>
  );
}
