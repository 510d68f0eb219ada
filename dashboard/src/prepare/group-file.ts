/** The tables of groups on the screen as files: their rows and "Other" add up to the total in the head. */
import type { DailyStats, GroupList } from "../api/model.ts";
import { figure, fittingMetric } from "./daily-chart.ts";
import { groupName } from "./group-name.ts";
import type { Metric } from "./search.ts";
import type { TableFile } from "./table-file.ts";

type Answer = Pick<GroupList, "period" | "as_of" | "reporting_time_zone" | "coverage" | "total">;

/** What every such file says about itself. */
function about({ period, as_of, reporting_time_zone, coverage, total }: Answer, filters: readonly string[]): Record<string, string> {
  return {
    days: `${period.start_date} to ${period.end_date}`,
    "reporting time zone": reporting_time_zone,
    filters: filters.length === 0 ? "none" : filters.join(", "),
    "data to": as_of ?? "none",
    "total in USD": total.total_cost ?? "no price",
    "tokens with a price": coverage.priced_token_ratio === null ? "none used" : `${(coverage.priced_token_ratio * 100).toFixed(2)} %`,
    "interactions without a price": String(coverage.unpriced_interactions),
  };
}

type Figures = GroupList["total"];
const columns = ["group", "id", "total_cost", "share", "interactions", "tokens", "failed", "unpriced", "last_day"];

function cells({ total_cost, interaction_count, tokens, error_count, unpriced_count }: Figures, share: number | null): (string | number | null)[] {
  return [total_cost, share, interaction_count, tokens.total, error_count, unpriced_count];
}

/** A list of users, models or agents. */
export function groupFile(list: GroupList, filters: readonly string[]): TableFile {
  return {
    name: `${list.dimension}s-${list.period.start_date}-${list.period.end_date}`,
    about: { ...about(list, filters), rows: `${list.offset + 1} to ${list.offset + list.items.length} of ${list.total_count}` },
    columns,
    rows: [
      ...list.items.map(({ group, figures, share, last_day }) => [groupName(group), group.id, ...cells(figures, share), last_day]),
      ...(list.other.group_count > 0 ? [[`Other (${list.other.group_count})`, "", ...cells(list.other.figures, list.other.share), null]] : []),
    ],
  };
}

/** Explore's groups by one measure. */
export function seriesFile(stats: DailyStats, asked: Metric, filters: readonly string[]): TableFile {
  const metric = fittingMetric(asked, stats.group_by);
  const sum = (figures: Figures | null) => (figures === null ? null : figure(figures, metric));
  return {
    name: `${metric}-by-${stats.group_by ?? "all"}-${stats.period.start_date}-${stats.period.end_date}`,
    about: { ...about(stats, filters), [`total of ${metric}`]: sum(stats.total) ?? "no price" },
    columns: ["group", "id", metric, `share_of_${metric}`],
    rows: [
      ...stats.series.map(({ group, figures, share }) => [groupName(group), group.id, sum(figures), share]),
      ...(stats.other !== null && stats.other.group_count > 0 ? [[`Other (${stats.other.group_count})`, "", sum(stats.other.figures), stats.other.share]] : []),
    ],
  };
}
