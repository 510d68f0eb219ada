import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import type { DailyStats, Group } from "../../api/model.ts";
import { filterQuery } from "../../prepare/slice-query.ts";
import { dailyQuery } from "../../api/queries/stats.ts";
import { Sparkline } from "../../charts/sparkline.tsx";
import { largestShare, ShareCell } from "../../charts/share-cell.tsx";
import { chartBuckets, figure, fittingMetric, measure, measuredChange, metricForms, otherKey } from "../../prepare/daily-chart.ts";
import { position } from "../../prepare/decimal.ts";
import { filterText } from "../../prepare/filter.ts";
import { groupFilters, groupName } from "../../prepare/group-name.ts";
import { knownCost, listMoney, tileMoney } from "../../prepare/money.ts";
import { costShare, count, share } from "../../prepare/quantity.ts";
import type { ChartSearch, Metric } from "../../prepare/search.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { ChangeText } from "../../ui/change-text.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ScrollRegion } from "../../ui/scroll-region.tsx";
import { Panel } from "../../ui/panel.tsx";
import { grainOf } from "../overview/overview-queries.ts";
import { GroupLink } from "../groups/group-link.tsx";

/** The groups with their sums, each of which can be split once more. */
export function ExploreTable({ query, search }: { query: UseQueryResult<DailyStats>; search: ChartSearch }) {
  // The chart above says already that nothing has arrived.
  if (query.data?.as_of === null) return null;
  return (
    <Panel query={query} minHeight={300} title="Groups" isEmpty={({ total }) => total.interaction_count === 0}>
      {(stats) => {
        const metric = fittingMetric(search.m ?? "cost", stats.group_by);
        const { name } = metricForms[metric];
        const { total: printTotal, row: print } = printing(metric);
        const buckets = chartBuckets(stats, metric, false);
        const rest = stats.other?.group_count ?? 0;
        const largest = largestShare(stats.series.map((series) => series.share));
        return (
          <>
            <ScrollRegion label={`${name} by group`}>
              <table className="w-full border-collapse text-sm">
                <caption className="sr-only">{name} by group</caption>
                <thead>
                  <tr className="border-b border-line text-xs text-muted">
                    <th scope="col" className="px-2 py-2 text-left font-medium">Group</th>
                    <th scope="col" className="num px-2 py-2 font-medium">{name}</th>
                    <th scope="col" className="num px-2 py-2 font-medium">Share<span className="hidden sm:inline"> of {name.toLowerCase()}</span></th>
                    <th scope="col" className="num hidden px-2 py-2 font-medium sm:table-cell">Change</th>
                    <th scope="col" className="hidden px-2 py-2 text-left font-medium md:table-cell">Over time</th>
                    <th scope="col" className="num hidden px-2 py-2 font-medium md:table-cell">Interactions</th>
                  </tr>
                  <tr className="border-b border-line font-semibold">
                    <th scope="row" className="px-2 py-2 text-left [font-weight:inherit]">Total</th>
                    <td className="num px-2 py-2" data-testid="list-total" data-exact={figure(stats.total, metric) ?? ""}>{printTotal(figure(stats.total, metric))}</td>
                    <td className="num px-2 py-2">—</td>
                    <td className="num hidden px-2 py-2 sm:table-cell"><ChangeText change={measuredChange({ change: stats.comparison?.cost_change ?? null, count_change: stats.count_change }, stats.comparison, metric)} /></td>
                    <td className="hidden px-2 py-2 md:table-cell"><Sparkline values={buckets.map(({ total }) => position(total))} /></td>
                    <td className="num hidden px-2 py-2 md:table-cell">{count(stats.total.interaction_count)}</td>
                  </tr>
                </thead>
                <tbody>
                  {stats.series.map((series) => (
                    <ExploreRow key={series.group.id} stats={stats} series={series} metric={metric} largest={largest} then={search.sub} search={search} />
                  ))}
                  {stats.other !== null && rest > 0 && (
                    <tr className="border-b border-line text-muted">
                      <th scope="row" className="px-2 py-2 text-left font-normal">Other ({count(rest)})</th>
                      <td className="num px-2 py-2">{print(figure(stats.other.figures, metric))}</td>
                      <td className="num px-2 py-2">{share(stats.other.share)}</td>
                      <td className="num hidden px-2 py-2 sm:table-cell"><ChangeText change={measuredChange(stats.other, stats.comparison, metric)} /></td>
                      <td className="hidden px-2 py-2 md:table-cell"><Sparkline values={buckets.map(({ values }) => numeric(values[otherKey]))} /></td>
                      <td className="num hidden px-2 py-2 md:table-cell">{count(stats.other.figures.interaction_count)}</td>
                    </tr>
                  )}
                </tbody>
              </table>
            </ScrollRegion>
            <p className="text-xs text-faint">
              {count(stats.series.length)} of {count(stats.series.length + rest)} shown. The sums are the server's; "Other" holds the rest.
            </p>
          </>
        );
      }}
    </Panel>
  );
}

/** How amounts of a measure are printed: a total as everywhere, a row as in every list. */
function printing(metric: Metric): { total: (amount: string | null) => string; row: (amount: string | null) => string } {
  const { format } = metricForms[metric];
  return metric === "cost" ? { total: tileMoney, row: listMoney } : { total: format, row: format };
}

function numeric(value: string | null | undefined): number | null {
  return value === null ? null : position(value ?? "0");
}

type Series = DailyStats["series"][number];

function ExploreRow({ stats, series, metric, largest, then, search }: { stats: DailyStats; series: Series; metric: Metric; largest: number; then: ChartSearch["sub"]; search: ChartSearch }) {
  const [isOpen, setIsOpen] = useState(false);
  const { row: print } = printing(metric);
  const canOpen = then !== undefined && groupFilters(series.group).length > 0;
  const measured = series.figures === null ? partOfTotal(stats, series.group) : metric === "cost" ? knownCost(series.figures) : figure(series.figures, metric);
  return (
    <>
      <tr className="border-b border-line hover:bg-hover">
        <th scope="row" className="max-w-72 px-2 py-1.5 text-left font-normal">
          <span className="flex items-center gap-1">
            {then !== undefined && !canOpen && <span className="w-6 shrink-0" />}
            {canOpen && (
              <button type="button" aria-expanded={isOpen} aria-label={`Split ${groupName(series.group)}`} onClick={() => setIsOpen(!isOpen)} className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-hover hover:text-text">
                <Icon name={isOpen ? "down" : "right"} size={14} />
              </button>
            )}
            <GroupLink group={series.group} />
          </span>
        </th>
        <td className="num px-2 py-1.5">{measured === null ? <NoPrice /> : print(measured)}</td>
        <td className="num px-2 py-1.5">
          <ShareCell ratio={measured === null ? null : series.share} largest={largest} text={measured === null ? "—" : costShare(series.share, position(measured) > 0)} />
        </td>
        <td className="num hidden px-2 py-1.5 sm:table-cell"><ChangeText change={measuredChange(series, stats.comparison, metric)} /></td>
        <td className="hidden px-2 py-1.5 md:table-cell"><Sparkline values={series.values.map((value) => numeric(measure(value, metric)))} /></td>
        <td className="num hidden px-2 py-1.5 md:table-cell">{series.figures === null ? "—" : count(series.figures.interaction_count)}</td>
      </tr>
      {isOpen && then !== undefined && <SubRows group={series.group} then={then} metric={metric} search={search} />}
    </>
  );
}

/** Components and token types split one sum only; the answer's total holds it part by part. */
function partOfTotal({ total }: DailyStats, { dimension, id }: Group): string | null {
  if (dimension === "component") return total.cost_by_component[id as keyof typeof total.cost_by_component] ?? null;
  const tokens = total.tokens[id as keyof typeof total.tokens] as number | undefined;
  return tokens === undefined ? null : String(tokens);
}

function SubRows({ group, then, metric, search }: { group: Group; then: NonNullable<ChartSearch["sub"]>; metric: Metric; search: ChartSearch }) {
  const { query, range } = useSlice();
  const narrowed = filterQuery({ f: groupFilters(group).map(filterText), ...(group.tenant_id ? { tenant: group.tenant_id } : {}) });
  const inner = useQuery(dailyQuery({ ...query, ...narrowed, granularity: grainOf(range, search.g), group_by: then, top: 10, rank_by: fittingMetric(metric, then) }));
  const own = fittingMetric(metric, then);
  const { row: print } = printing(own);
  if (inner.data === undefined) {
    return (
      <tr>
        <td colSpan={6} className="px-10 py-2 text-sm text-muted">
          {inner.error === null ? "Loading…" : inner.error.message}
        </td>
      </tr>
    );
  }
  const rest = inner.data.other?.group_count ?? 0;
  return (
    <>
      {inner.data.series.map((series) => (
        <tr key={series.group.id} className="border-b border-line bg-page text-muted">
          <th scope="row" className="py-1.5 pr-2 pl-10 text-left font-normal">{groupName(series.group)}</th>
          <td className="num px-2 py-1.5">{series.figures === null ? print(partOfTotal(inner.data, series.group)) : own === "cost" && knownCost(series.figures) === null ? <NoPrice /> : print(figure(series.figures, own))}</td>
          <td className="num px-2 py-1.5">{share(series.share)}<span className="hidden sm:inline"> of it</span></td>
          <td className="num hidden px-2 py-1.5 sm:table-cell"><ChangeText change={measuredChange(series, inner.data.comparison, own)} /></td>
          <td className="hidden px-2 py-1.5 md:table-cell"><Sparkline values={series.values.map((value) => numeric(measure(value, own)))} /></td>
          <td className="num hidden px-2 py-1.5 md:table-cell">{series.figures === null ? "—" : count(series.figures.interaction_count)}</td>
        </tr>
      ))}
      {inner.data.other !== null && rest > 0 && (
        <tr className="border-b border-line bg-page text-muted">
          <th scope="row" className="py-1.5 pr-2 pl-10 text-left font-normal">Other ({count(rest)})</th>
          <td className="num px-2 py-1.5">{print(figure(inner.data.other.figures, own))}</td>
          <td className="num px-2 py-1.5">{share(inner.data.other.share)}<span className="hidden sm:inline"> of it</span></td>
          <td className="num hidden px-2 py-1.5 sm:table-cell"><ChangeText change={measuredChange(inner.data.other, inner.data.comparison, own)} /></td>
          <td className="hidden px-2 py-1.5 md:table-cell"><Sparkline values={inner.data.other.values.map((value) => numeric(measure(value, own)))} /></td>
          <td className="num hidden px-2 py-1.5 md:table-cell">{count(inner.data.other.figures.interaction_count)}</td>
        </tr>
      )}
    </>
  );
}
