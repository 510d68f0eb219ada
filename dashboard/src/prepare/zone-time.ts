/** Moments as the reporting zone reads them. The zone is always the installation's, never the browser's. */

const formats = {
  /** 14:02:11 */
  second: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  /** 14:02 */
  minute: { hour: "2-digit", minute: "2-digit" },
  /** Nov 18, 14:02 */
  dayMinute: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  /** Nov 18, 2026 */
  day: { year: "numeric", month: "short", day: "numeric" },
  /** Nov 18, 2026, 14:02:11 */
  full: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

/** How much of a moment is said. */
export type ZoneFormat = keyof typeof formats;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A moment in the reporting zone. */
export function zoneTime(iso: string, timeZone: string, format: ZoneFormat = "dayMinute"): string {
  const key = `${format} ${timeZone}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", { ...formats[format], timeZone, hourCycle: "h23" });
    formatters.set(key, formatter);
  }
  return formatter.format(new Date(iso));
}

/** A bucket's start with its offset, so that the hour that an autumn night repeats stays two buckets. */
export function zoneHour(iso: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "longOffset" }).formatToParts(new Date(iso));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  const offset = part("timeZoneName").replace("GMT", "") || "+00:00";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}${offset}`;
}

/** The day of a moment in the zone. */
export function zoneDay(iso: string, timeZone: string): string {
  return zoneHour(iso, timeZone).slice(0, 10);
}

/** The first moment of a day in the zone, as the API takes it. */
export function zoneMidnight(day: string, timeZone: string): string {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const offsetMs = (at: number) => {
    const found = /([+-])(\d\d):(\d\d)$/.exec(zoneHour(new Date(at).toISOString(), timeZone));
    const minutes = Number(found?.[2] ?? 0) * 60 + Number(found?.[3] ?? 0);
    return (found?.[1] === "-" ? -1 : 1) * minutes * 60_000;
  };
  // The offset in force at UTC midnight may be that of before a change of clocks: look once more there.
  const first = utc - offsetMs(utc);
  return new Date(utc - offsetMs(first)).toISOString();
}
