/**
 * Calendar days as ISO strings. The server decides which day an event belongs to, in the one
 * reporting zone; here days are only counted, named and stepped through.
 */

/** A calendar day such as "2026-11-23". */
export type Day = string;

const form = /^\d{4}-\d{2}-\d{2}$/;
const dayMs = 86_400_000;

/** Days since 1970-01-01. */
export function epochDay(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`) / dayMs;
}

/** The day of that number. */
export function fromEpochDay(value: number): Day {
  return new Date(value * dayMs).toISOString().slice(0, 10);
}

/** Whether the text names a real day; "2026-02-30" does not. */
export function isDay(text: string): boolean {
  return form.test(text) && Number.isFinite(epochDay(text)) && fromEpochDay(epochDay(text)) === text;
}

/** The day so many days later (earlier when negative). */
export function addDays(day: Day, days: number): Day {
  return fromEpochDay(epochDay(day) + days);
}

/** The last so many days, today included, as the API takes them. */
export function lastDays(today: Day, days: number): { start_date: Day; end_date: Day } {
  return { start_date: addDays(today, 1 - days), end_date: today };
}

/** How many days a range covers, both ends included. */
export function rangeLength(from: Day, to: Day): number {
  return epochDay(to) - epochDay(from) + 1;
}

/** The first day of its month. */
export function monthStart(day: Day): Day {
  return `${day.slice(0, 8)}01`;
}

/** The first day of the month so many months away. */
export function addMonths(day: Day, months: number): Day {
  const index = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, "0")}-${String((index % 12) + 1).padStart(2, "0")}-01`;
}

/** The last day of its month. */
export function monthEnd(day: Day): Day {
  return addDays(addMonths(monthStart(day), 1), -1);
}

/** 0 is Monday, 6 is Sunday. */
export function weekday(day: Day): number {
  return (((epochDay(day) + 3) % 7) + 7) % 7;
}

/** Today in a time zone. */
export function todayIn(timeZone: string, now: Date): Day {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return parts.format(now);
}

const formats = {
  short: { month: "short", day: "numeric" },
  withWeekday: { weekday: "short", month: "short", day: "numeric" },
  withYear: { year: "numeric", month: "short", day: "numeric" },
  month: { year: "numeric", month: "short" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;
const dayFormatters = new Map<string, Intl.DateTimeFormat>();

/** A day in words. */
export function dayLabel(day: Day, format: keyof typeof formats = "short"): string {
  let formatter = dayFormatters.get(format);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", { ...formats[format], timeZone: "UTC" });
    dayFormatters.set(format, formatter);
  }
  return formatter.format(epochDay(day) * dayMs);
}

/** A range in words: "Nov 1–23", "Oct 28 – Nov 3", with years where they differ from this one. */
export function rangeLabel(from: Day, to: Day, today: Day): string {
  const format = from.slice(0, 4) === to.slice(0, 4) && to.slice(0, 4) === today.slice(0, 4) ? "short" : "withYear";
  if (from === to) return dayLabel(from, format === "short" ? "withWeekday" : "withYear");
  if (format === "short" && from.slice(0, 7) === to.slice(0, 7)) return `${dayLabel(from)}–${Number(to.slice(8))}`;
  return `${dayLabel(from, format)} – ${dayLabel(to, format)}`;
}
