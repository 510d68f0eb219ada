import type { DailyQuery, GroupListQuery, SliceQuery } from "../../api/queries/stats.ts";
import { naturalGrain, type Range } from "../../prepare/period.ts";
import { rangeLength } from "../../prepare/day.ts";
import type { ChartSearch, Grouping } from "../../prepare/search.ts";
import { fittingMetric } from "../../prepare/daily-chart.ts";
import type { Grain } from "../../prepare/time-axis.ts";

/** The grain in force: the chosen one where the API takes it for that range, else the natural one. */
export function grainOf(range: Range, chosen: Grain | undefined): Grain {
  const days = rangeLength(range.from, range.to);
  if (chosen === "hour" && days === 1) return "hour";
  if (chosen === "day" && days <= 400) return "day";
  if (chosen === "week" || chosen === "month") return chosen;
  const natural = naturalGrain(range);
  return natural === "hour" && days > 1 ? "day" : natural;
}

/** What the chart of a page asks for. */
export function chartQuery(query: SliceQuery, range: Range, search: ChartSearch, defaultBy: Grouping | null): DailyQuery {
  const by = search.by ?? defaultBy;
  return { ...query, granularity: grainOf(range, search.g), ...(by === null ? {} : { group_by: by, top: 6, rank_by: fittingMetric(search.m ?? "cost", by) }) };
}

/** The overview's chart, by model unless the URL says otherwise. */
export function overviewDailyQuery(query: SliceQuery, range: Range, search: ChartSearch): DailyQuery {
  return chartQuery(query, range, search, "model");
}

/** The five that cost most. */
export function overviewDriversQuery(query: SliceQuery): GroupListQuery {
  return { ...query, limit: 5, include: ["sessions", "trend"] };
}
