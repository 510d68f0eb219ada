/** Which days a page shows, as the URL says it, and what they are compared with. */
import { addDays, addMonths, type Day, monthEnd, monthStart, rangeLabel, rangeLength, weekday } from "./day.ts";

/** Named periods, in the order of the picker. */
export const presets = ["today", "7d", "28d", "mtd", "lm", "qtd", "ytd", "all"] as const;
/** A named period. */
export type Preset = (typeof presets)[number];

/** What each named period is called. */
export const presetNames: Record<Preset, string> = {
  today: "Today",
  "7d": "Last 7 days",
  "28d": "Last 28 days",
  mtd: "This month",
  lm: "Last month",
  qtd: "This quarter",
  ytd: "This year",
  all: "All time",
};

/** What a period can be compared with. */
export const comparisons = ["prev", "lastmonth", "lastyear", "none"] as const;
/** A comparison. */
export type Comparison = (typeof comparisons)[number];

/** What each comparison is called in the picker. */
export const comparisonNames: Record<Comparison, string> = {
  prev: "the period before",
  lastmonth: "same days last month",
  lastyear: "same days last year",
  none: "No comparison",
};

/** Days from and to, both included. */
export type Range = { from: Day; to: Day };

/** The period's part of the URL. */
export type PeriodSearch = { p?: Preset | undefined; from?: Day | undefined; to?: Day | undefined };

/** The first day that "all time" asks for: long before anything this suite could have recorded. */
const beginning = "2020-01-01";

/** The days of a named period, up to today where it is still running. */
export function presetRange(preset: Preset, today: Day): Range {
  const quarterStart = addMonths(monthStart(today), -((Number(today.slice(5, 7)) - 1) % 3));
  const lastMonth = addMonths(today, -1);
  const from: Record<Preset, Day> = {
    today,
    "7d": addDays(today, -6),
    "28d": addDays(today, -27),
    mtd: monthStart(today),
    lm: lastMonth,
    qtd: quarterStart,
    ytd: `${today.slice(0, 4)}-01-01`,
    all: beginning,
  };
  return { from: from[preset], to: preset === "lm" ? monthEnd(lastMonth) : today };
}

/** The days that the URL asks for; explicit days win over a name. */
export function rangeOf(search: PeriodSearch, today: Day): Range {
  if (search.from !== undefined && search.to !== undefined) return { from: search.from, to: search.to };
  return presetRange(search.p ?? "mtd", today);
}

/** What the picker's button says: the name and the days. */
export function periodLabel(search: PeriodSearch, today: Day): string {
  const range = rangeOf(search, today);
  const days = rangeLabel(range.from, range.to, today);
  if (search.from !== undefined && search.to !== undefined) return days;
  const preset = search.p ?? "mtd";
  return preset === "all" || preset === "today" ? presetNames[preset] : `${presetNames[preset]} · ${days}`;
}

/** The same length of time before or after: whole months step by months. */
export function steppedRange(range: Range, direction: -1 | 1, today: Day): Range {
  if (range.from === monthStart(range.from) && range.from.slice(0, 7) === range.to.slice(0, 7) && (range.to === monthEnd(range.to) || range.to === today)) {
    const from = addMonths(range.from, direction);
    const end = monthEnd(from);
    return { from, to: end > today && from <= today ? today : end };
  }
  const length = rangeLength(range.from, range.to);
  return { from: addDays(range.from, direction * length), to: addDays(range.to, direction * length) };
}

/** The Monday-to-Sunday week or the month that a bucket of that size stands for, cut to the range. */
export function bucketRange(start: Day, grain: "hour" | "day" | "week" | "month", within: Range): Range {
  const from = grain === "week" ? addDays(start, -weekday(start)) : grain === "month" ? monthStart(start) : start;
  const to = grain === "week" ? addDays(from, 6) : grain === "month" ? monthEnd(start) : start;
  return { from: from < within.from ? within.from : from, to: to > within.to ? within.to : to };
}

/** The grain that shows a range in 7 to 100 bars. */
export function naturalGrain(range: Range): "hour" | "day" | "week" | "month" {
  const days = rangeLength(range.from, range.to);
  return days <= 2 ? "hour" : days <= 92 ? "day" : days <= 400 ? "week" : "month";
}
