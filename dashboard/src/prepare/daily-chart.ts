/** From the API's answer about time to what the chart draws. */
import type { DailyStats } from "../api/model.ts";
import { type Change, changeText, countChangeText } from "./change.ts";
import { cumulativeAhead, cumulativeBuckets } from "./cumulative.ts";
import { groupName, isNoModel } from "./group-name.ts";
import { rowMoney } from "./money.ts";
import { compactCount, count } from "./quantity.ts";
import type { Metric } from "./search.ts";
import { prepareStack, type Series, type Stack, type StackBucket, withSlots } from "./stack.ts";
import { zoneHour } from "./zone-time.ts";

/** The key of the series that gathers what has none of its own. */
export const otherKey = "\u0000other";
const wholeKey = "\u0000whole";

type Value = DailyStats["series"][number]["values"][number];
type Figures = DailyStats["total"];

/** What one value of a series measures, as a decimal string; null is unknown. */
export function measure(value: Value, metric: Metric): string | null {
  switch (metric) {
    case "cost":
      return value.total_cost;
    case "tokens":
      return value.token_count === null ? null : String(value.token_count);
    case "interactions":
      return value.interaction_count === null ? null : String(value.interaction_count);
    case "errors":
      return value.error_count === null ? null : String(value.error_count);
  }
}

/** What the sums of a slice measure. */
export function figure(figures: Figures, metric: Metric): string | null {
  switch (metric) {
    case "cost":
      return figures.total_cost;
    case "tokens":
      return String(figures.tokens.total);
    case "interactions":
      return String(figures.interaction_count);
    case "errors":
      return String(figures.error_count);
  }
}

/** The change of what is measured: the API's own of that measure, never that of cost. */
export function measuredChange(part: Pick<DailyStats["series"][number], "change" | "count_change">, comparison: DailyStats["comparison"], metric: Metric): Change {
  return metric === "cost" ? changeText(part.change, comparison) : countChangeText(part.count_change, comparison, metricForms[metric].format);
}

/** The words and forms of a measure. */
export const metricForms: Record<Metric, { name: string; format: (amount: string | null) => string }> = {
  cost: { name: "Spend", format: rowMoney },
  tokens: { name: "Tokens", format: (amount) => (amount === null ? "—" : compactCount(Number(amount))) },
  interactions: { name: "Interactions", format: (amount) => (amount === null ? "—" : count(Number(amount))) },
  errors: { name: "Failures", format: (amount) => (amount === null ? "—" : count(Number(amount))) },
};

/** A split by component is of cost, a split by token type is of tokens, whatever was asked. */
export function fittingMetric(metric: Metric, groupBy: DailyStats["group_by"]): Metric {
  return groupBy === "component" ? "cost" : groupBy === "token_type" ? "tokens" : metric;
}

/** The series of an answer, with "Other" last; the whole as one series where nothing splits it. */
export function chartSeries(stats: DailyStats): Series[] {
  if (stats.group_by === null) return [{ key: wholeKey, name: "All", slot: 1 }];
  const series = withSlots(stats.series.map(({ group, rank_90d }) => ({ key: group.id, name: groupName(group), rank: rank_90d, isNone: isNoModel(group) })));
  return stats.other === null || stats.other.group_count === 0 ? series : [...series, { key: otherKey, name: `Other (${count(stats.other.group_count)})`, slot: null }];
}

/** Buckets with the value of every series. */
export function chartBuckets(stats: DailyStats, asked: Metric, showPrevious: boolean): StackBucket[] {
  const metric = fittingMetric(asked, stats.group_by);
  return stats.buckets.map((bucket, index): StackBucket => {
    const values: Record<string, string | null> = {};
    const put = (key: string, value: Value | undefined) => {
      if (value !== undefined) values[key] = measure(value, metric);
    };
    for (const { group, values: own } of stats.series) put(group.id, own[index]);
    if (stats.other !== null) put(otherKey, stats.other.values[index]);
    if (stats.group_by === null) values[wholeKey] = figure(bucket.figures, metric);
    const previous = { cost: bucket.previous?.total_cost, tokens: bucket.previous?.token_count, interactions: bucket.previous?.interaction_count, errors: bucket.previous?.error_count }[metric];
    return {
      start: stats.granularity === "hour" ? zoneHour(bucket.start_time, stats.reporting_time_zone) : bucket.start_date,
      complete: bucket.complete,
      total: figure(bucket.figures, metric) ?? "0",
      values,
      previous: !showPrevious || previous === undefined || previous === null ? null : String(previous),
      // A tool without a price is no gap in what the models cost: it has a page of its own.
      unpriced: metric === "cost" ? bucket.figures.unpriced_tokens : 0,
    };
  });
}

/** The projected days after today, where the range is the running month and nothing lies between. */
export function projectedDays(stats: DailyStats, today: string, metric: Metric): { start: string; amount: string }[] {
  if (!stats.forecast.available || metric !== "cost" || stats.granularity !== "day" || stats.group_by === "token_type") return [];
  if (stats.period.end_date !== today || stats.period.start_date.slice(0, 7) !== today.slice(0, 7)) return [];
  return stats.forecast.days.filter(({ day }) => day > today).map(({ day, total_cost }) => ({ start: day, amount: total_cost }));
}

/** A stack ready to be drawn, with what lies ahead; cumulative, each bucket holds all before it. */
export function dailyStack(stats: DailyStats, metric: Metric, today: string, isCumulative = false): { stack: Stack; ahead: { start: string; amount: string }[] } {
  // A period that cannot be compared has no ticks either: they would say the same untruth.
  const plain = chartBuckets(stats, metric, stats.comparison?.comparable === true);
  const buckets = isCumulative ? cumulativeBuckets(plain) : plain;
  const projected = projectedDays(stats, today, metric);
  const ahead = isCumulative ? cumulativeAhead(projected, buckets.at(-1)?.total ?? "0") : projected;
  return { stack: prepareStack(buckets, chartSeries(stats), ahead.map(({ amount }) => amount)), ahead };
}

/** Price changes by the bucket in which they happened; several in one bucket are counted together. */
export function chartMarks(stats: DailyStats): { bucket: number; text: string }[] {
  const byBucket = new Map<number, string[]>();
  for (const mark of stats.marks) {
    const bucket = stats.buckets.findIndex(({ start_time, end_time }) => mark.time >= start_time && mark.time < end_time);
    if (bucket < 0) continue;
    byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), mark.model]);
  }
  return [...byBucket].map(([bucket, models]) => ({ bucket, text: models.length === 1 ? `price change: ${models[0]}` : `${models.length} price changes` }));
}
