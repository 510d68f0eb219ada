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
export const comparisons = ["prev", "weekdays", "lastmonth", "lastyear", "none"] as const;
/** A comparison. */
export type Comparison = (typeof comparisons)[number];

/** What each comparison is called in the picker. */
export const comparisonNames: Record<Comparison, string> = {
  prev: "the period before",
  weekdays: "same weekdays before",
  lastmonth: "same days last month",
  lastyear: "same days last year",
  none: "No comparison",
};

/** Days from and to, both included. */
export type Range = { from: Day; to: Day };

/** The period's part of the URL. */
export type PeriodSearch = { p?: Preset | undefined; from?: Day | undefined; to?: Day | undefined };

/** The installation's days: the open one, and the first with any usage. */
export type Calendar = { today: Day; firstDay: Day | null };

/** From this day of a month on, the month so far says something. */
const monthSaysSomething = 3;

/**
 * What a page shows where the address names no period: this month, once it has some days and days to
 * compare them with; else the longest of the last days that has a comparison, by weekdays.
 */
export function defaultPreset({ today, firstDay }: Calendar): Preset {
  const dayOfMonth = Number(today.slice(8));
  const isEarly = dayOfMonth < monthSaysSomething;
  const held = firstDay === null ? 0 : rangeLength(firstDay, today);
  // A complete day and the same weekday so many weeks before, beside the open day.
  const hasBefore = (days: number) => held >= Math.ceil(days / 7) * 7 + 2;
  if (!isEarly && hasBefore(dayOfMonth)) return "mtd";
  if (hasBefore(28)) return "28d";
  if (hasBefore(7)) return "7d";
  return isEarly ? "28d" : "mtd";
}

/** The days of a named period, up to today where it is still running. */
export function presetRange(preset: Preset, { today, firstDay }: Calendar): Range {
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
    all: firstDay ?? today,
  };
  return { from: from[preset], to: preset === "lm" ? monthEnd(lastMonth) : today };
}

/** The named period of an address; null where it names days. */
export function presetOf(search: PeriodSearch, calendar: Calendar): Preset | null {
  return search.from !== undefined && search.to !== undefined ? null : (search.p ?? defaultPreset(calendar));
}

/** The days that the URL asks for; explicit days win over a name. */
export function rangeOf(search: PeriodSearch, calendar: Calendar): Range {
  if (search.from !== undefined && search.to !== undefined) return { from: search.from, to: search.to };
  return presetRange(search.p ?? defaultPreset(calendar), calendar);
}

/** What the picker's button says: the name and the days. */
export function periodLabel(search: PeriodSearch, calendar: Calendar): string {
  const range = rangeOf(search, calendar);
  const days = rangeLabel(range.from, range.to, calendar.today);
  const preset = presetOf(search, calendar);
  if (preset === null) return days;
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
