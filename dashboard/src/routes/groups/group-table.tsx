import type { GroupList, GroupRow } from "../../api/model.ts";
import { ShareCell } from "../../charts/share-cell.tsx";
import { Sparkline } from "../../charts/sparkline.tsx";
import { changeText } from "../../prepare/change.ts";
import { dayLabel } from "../../prepare/day.ts";
import { position } from "../../prepare/decimal.ts";
import { columnMoney, columnPlaces, knownCost, rowMoney } from "../../prepare/money.ts";
import { compactCount, count, duration, share } from "../../prepare/quantity.ts";
import type { ListSearch } from "../../prepare/search.ts";
import { Badge, NoPrice } from "../../ui/badge.tsx";
import { ChangeText } from "../../ui/change-text.tsx";
import { DataTable, type TableColumn } from "../../ui/data-table.tsx";
import { GroupLink } from "./group-link.tsx";

const nouns: Record<GroupList["dimension"], string> = { user: "User", model: "Model", agent: "Agent", provider: "Provider", type: "Type" };

type GroupTableProps = { list: GroupList; caption: string; compact?: boolean; search?: ListSearch };

/** Users, models or agents with what they cost; the sums at the foot are the API's. */
export function GroupTable({ list, caption, compact = false, search }: GroupTableProps) {
  const places = columnPlaces(list.items.map(({ figures }) => figures.total_cost));
  const hasTrend = list.trend_buckets.length > 1;
  const openEnd = list.trend_buckets.at(-1)?.complete === false;
  const sortBy = (sort: NonNullable<ListSearch["sort"]>): Pick<TableColumn<GroupRow>, "sort"> => {
    if (search === undefined) return {};
    const isSorted = (search.sort ?? "cost") === sort;
    const direction = isSorted ? (search.order === "asc" ? "ascending" : "descending") : null;
    return { sort: { search: { sort: sort === "cost" ? undefined : sort, order: direction === "descending" || (!isSorted && sort === "name") ? "asc" : undefined }, direction } };
  };
  const columns: TableColumn<GroupRow>[] = [
    { key: "name", name: nouns[list.dimension], cell: ({ group }) => <GroupLink group={group} />, ...sortBy("name") },
    { key: "cost", name: "Spend", numeric: true, cell: ({ figures }) => <Cost figures={figures} places={places} />, ...sortBy("cost") },
    {
      key: "share",
      name: "Share",
      numeric: true,
      cell: (row) => (compact ? share(row.share) : <ShareCell ratio={row.share} />),
    },
    { key: "change", name: "Change", numeric: true, from: "sm", cell: ({ change }) => <ChangeText change={changeText(change, list.comparison)} /> },
    ...(hasTrend ? [{ key: "trend", name: `${list.trend_buckets.length} ${list.trend_granularity}s`, from: "md" as const, cell: ({ trend }: GroupRow) => trend !== null && <Sparkline values={trend.map((value) => (value === null ? 0 : position(value)))} openEnd={openEnd} /> }] : []),
    { key: "interactions", name: "Interactions", numeric: true, from: compact ? "xl" : "md", cell: ({ figures }) => count(figures.interaction_count), ...sortBy("interactions") },
    ...(compact ? [] : [
      { key: "tokens", name: "Tokens", numeric: true, from: "lg" as const, cell: ({ figures }: GroupRow) => <span title={count(figures.tokens.total)}>{compactCount(figures.tokens.total)}</span>, ...sortBy("tokens") },
      { key: "errors", name: "Failed", numeric: true, from: "lg" as const, cell: ({ figures }: GroupRow) => (figures.error_count === 0 ? "0" : `${count(figures.error_count)} (${share(figures.error_rate)})`), ...sortBy("errors") },
    ]),
    ...(!compact && list.dimension === "model" ? [
      { key: "cache", name: "Cache hits", numeric: true, from: "xl" as const, cell: ({ figures }: GroupRow) => share(figures.cache_hit_rate) },
      { key: "p95", name: "p95", numeric: true, from: "xl" as const, cell: ({ latency }: GroupRow) => (latency === null ? "—" : duration(latency.duration.p95_ms)) },
    ] : []),
    ...(list.items.every(({ cost_per_session }) => cost_per_session === null) ? [] : [{ key: "session", name: "$/session", numeric: true, from: compact ? ("md" as const) : ("xl" as const), cell: ({ cost_per_session }: GroupRow) => (cost_per_session === null ? "—" : rowMoney(cost_per_session)) }]),
    ...(compact ? [] : [{ key: "last", name: "Last active", numeric: true, from: "xl" as const, cell: ({ last_day }: GroupRow) => dayLabel(last_day) }]),
  ];
  const footer = (figures: GroupList["total"], part: number | null) => ({ cost: figures.total_cost === null ? <NoPrice /> : columnMoney(figures.total_cost, places), share: part === null ? "" : share(part), interactions: count(figures.interaction_count), tokens: compactCount(figures.tokens.total), errors: count(figures.error_count) });
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={list.items}
      rowKey={({ group }) => group.id}
      footers={[
        ...(list.other.group_count > 0 ? [{ key: "other", cells: { name: `Other (${count(list.other.group_count)})`, ...footer(list.other.figures, list.other.share) } }] : []),
        { key: "total", strong: true, cells: { name: "Total", ...footer(list.total, null), cost: <span data-testid="list-total" data-exact={list.total.total_cost ?? ""}>{list.total.total_cost === null ? "No price" : columnMoney(list.total.total_cost, places)}</span> } },
      ]}
    />
  );
}

/** A cost with what it leaves out. */
function Cost({ figures, places }: { figures: GroupRow["figures"]; places: number }) {
  const cost = knownCost(figures);
  if (cost === null) return <NoPrice />;
  return (
    <span className="inline-flex items-center gap-1.5">
      {figures.unpriced_count > 0 && (
        <Badge tone="warn" title={`${count(figures.unpriced_count)} interactions without a price are not in this amount`}>
          ▨ {count(figures.unpriced_count)}
        </Badge>
      )}
      {columnMoney(cost, places)}
    </span>
  );
}
