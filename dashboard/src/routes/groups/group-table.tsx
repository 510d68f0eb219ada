import type { GroupList, GroupRow } from "../../api/model.ts";
import { largestShare, ShareCell } from "../../charts/share-cell.tsx";
import { Sparkline } from "../../charts/sparkline.tsx";
import { changeText } from "../../prepare/change.ts";
import { dayLabel } from "../../prepare/day.ts";
import { position } from "../../prepare/decimal.ts";
import { exactMoney, knownCost, listMoney, tileMoney } from "../../prepare/money.ts";
import { compactCount, costShare, count, duration, share } from "../../prepare/quantity.ts";
import type { ListSearch } from "../../prepare/search.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { ChangeText } from "../../ui/change-text.tsx";
import { DataTable, type TableColumn } from "../../ui/data-table.tsx";
import { GroupLink } from "./group-link.tsx";

const nouns: Record<GroupList["dimension"], string> = { user: "User", model: "Model", agent: "Agent", provider: "Provider", type: "Type" };

type GroupTableProps = { list: GroupList; caption: string; compact?: boolean; search?: ListSearch };

/** Users, models or agents with what they cost; the sums at the foot are the API's. */
export function GroupTable({ list, caption, compact = false, search }: GroupTableProps) {
  const largest = largestShare(list.items.map((row) => row.share));
  const lacksPrices = !compact && list.items.some(({ figures }) => figures.unpriced_tokens > 0);
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
    { key: "cost", name: "Spend", numeric: true, cell: ({ figures }) => <Cost figures={figures} />, ...sortBy("cost") },
    {
      key: "share",
      name: "Share",
      numeric: true,
      cell: (row) => (knownCost(row.figures) === null ? "—" : compact ? shareText(row) : <ShareCell ratio={row.share} largest={largest} text={shareText(row)} />),
    },
    { key: "change", name: "Change", numeric: true, from: "sm", cell: ({ change }) => <ChangeText change={changeText(change, list.comparison)} /> },
    ...(hasTrend ? [{ key: "trend", name: `${list.trend_buckets.length} ${list.trend_granularity}s`, from: "md" as const, cell: ({ trend }: GroupRow) => trend !== null && <Sparkline values={trend.map((value) => (value === null ? 0 : position(value)))} openEnd={openEnd} /> }] : []),
    ...(lacksPrices ? [{ key: "unpriced", name: "Without a price", numeric: true, from: "xl" as const, cell: ({ figures }: GroupRow) => (figures.unpriced_tokens === 0 ? <span className="text-faint">—</span> : <NoPrice>{compactCount(figures.unpriced_tokens)} tokens</NoPrice>) }] : []),
    { key: "interactions", name: "Interactions", numeric: true, from: compact ? "xl" : "md", cell: ({ figures }) => count(figures.interaction_count), ...sortBy("interactions") },
    ...(compact ? [] : [
      { key: "tokens", name: "Tokens", numeric: true, from: "lg" as const, cell: ({ figures }: GroupRow) => <span title={count(figures.tokens.total)}>{compactCount(figures.tokens.total)}</span>, ...sortBy("tokens") },
      { key: "errors", name: "Failed", numeric: true, from: "lg" as const, cell: ({ figures }: GroupRow) => (figures.error_count === 0 ? "0" : `${count(figures.error_count)} (${share(figures.error_rate)})`), ...sortBy("errors") },
    ]),
    ...(!compact && list.dimension === "model" ? [
      { key: "cache", name: "Cache hits", numeric: true, from: "xl" as const, cell: ({ figures }: GroupRow) => share(figures.cache_hit_rate) },
      { key: "p95", name: "p95 of a call", numeric: true, from: "xl" as const, cell: ({ latency }: GroupRow) => (latency === null ? "—" : duration(latency.duration.p95_ms)) },
    ] : []),
    ...(list.items.every(({ cost_per_session }) => cost_per_session === null) ? [] : [{ key: "session", name: "A session", numeric: true, from: compact ? ("md" as const) : ("xl" as const), cell: ({ cost_per_session }: GroupRow) => (cost_per_session === null ? "—" : listMoney(cost_per_session)) }]),
    ...(compact ? [] : [{ key: "last", name: "Last active", numeric: true, from: "xl" as const, cell: ({ last_day }: GroupRow) => dayLabel(last_day) }]),
  ];
  const footer = (figures: GroupList["total"], part: number | null) => ({ cost: figures.total_cost === null ? <NoPrice /> : listMoney(figures.total_cost), share: part === null ? "" : share(part), interactions: count(figures.interaction_count), tokens: compactCount(figures.tokens.total), errors: count(figures.error_count) });
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={list.items}
      rowKey={({ group }) => group.id}
      footers={[
        ...(list.other.group_count > 0 ? [{ key: "other", cells: { name: `Other (${count(list.other.group_count)})`, ...footer(list.other.figures, list.other.share) } }] : []),
        { key: "total", strong: true, cells: { name: "Total", ...footer(list.total, null), cost: <span data-testid="list-total" data-exact={list.total.total_cost ?? ""}>{tileMoney(list.total.total_cost)}</span> } },
      ]}
    />
  );
}

/** A part of the cost; what cost something is never nothing. */
function shareText(row: GroupRow): string {
  return costShare(row.share, row.figures.total_cost !== null && position(row.figures.total_cost) > 0);
}

/** A cost in cents, its digits where the pointer rests. */
function Cost({ figures }: { figures: GroupRow["figures"] }) {
  const cost = knownCost(figures);
  return cost === null ? <NoPrice /> : <span title={exactMoney(cost)}>{listMoney(cost)}</span>;
}
