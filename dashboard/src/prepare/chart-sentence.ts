/** What a chart shows, in a sentence: its caption, and what a screen reader hears first. */
import type { DailyStats } from "../api/model.ts";
import { compare } from "./decimal.ts";
import { rangeLabel } from "./day.ts";
import { figure, fittingMetric, metricForms } from "./daily-chart.ts";
import { groupName } from "./group-name.ts";
import { tileMoney } from "./money.ts";
import { plural, share } from "./quantity.ts";
import type { Metric } from "./search.ts";
import { bucketName } from "./time-axis.ts";
import { zoneHour } from "./zone-time.ts";

/** "Spend per day, Nov 1–23: $812.40, highest Thu, Nov 19 with $43.10; claude-opus-5 44.0 %." */
export function chartSentence(stats: DailyStats, asked: Metric, today: string, isCumulative = false): string {
  const metric = fittingMetric(asked, stats.group_by);
  const { name, format } = metricForms[metric];
  const money = (amount: string | null) => (metric === "cost" ? tileMoney(amount) : format(amount));
  const total = figure(stats.total, metric);
  const range = rangeLabel(stats.period.start_date, stats.period.end_date, today);
  const parts = [`${name} per ${stats.granularity}${isCumulative ? ", added up" : ""}, ${range}: ${money(total)}`];
  const highest = stats.buckets.reduce<DailyStats["buckets"][number] | undefined>((best, bucket) => (best === undefined || compare(figure(bucket.figures, metric) ?? "0", figure(best.figures, metric) ?? "0") > 0 ? bucket : best), undefined);
  if (highest !== undefined && stats.buckets.length > 1 && compare(figure(highest.figures, metric) ?? "0", "0") > 0) {
    const start = stats.granularity === "hour" ? zoneHour(highest.start_time, stats.reporting_time_zone) : highest.start_date;
    parts.push(`highest ${bucketName(start, stats.granularity)} with ${money(figure(highest.figures, metric))}`);
  }
  const first = stats.series[0];
  let sentence = parts.join(", ");
  if (first !== undefined && first.share !== null && first.share > 0) sentence += `; ${groupName(first.group)} ${share(first.share)}`;
  sentence += ".";
  if (metric === "cost" && stats.coverage.unpriced_interactions > 0) sentence += ` ${plural(stats.coverage.unpriced_interactions, "interaction")} without a price ${stats.coverage.unpriced_interactions === 1 ? "is" : "are"} not in it.`;
  return sentence;
}
