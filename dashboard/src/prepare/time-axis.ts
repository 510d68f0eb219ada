/** Names and ticks for the buckets that the server cut in the reporting zone. */
import { type Day, dayLabel } from "./day.ts";

/** How wide a bucket is. */
export const grains = ["hour", "day", "week", "month"] as const;
/** A bucket's width. */
export type Grain = (typeof grains)[number];

/** The day part of a bucket's start: "2026-11-18" or "2026-11-18T10:00…". */
export function bucketDay(start: string): Day {
  return start.slice(0, 10);
}

/** A bucket in words, for tables, tooltips and screen readers. */
export function bucketName(start: string, grain: Grain): string {
  const day = bucketDay(start);
  switch (grain) {
    case "hour":
      return `${dayLabel(day)}, ${start.slice(11, 16)}`;
    case "day":
      return dayLabel(day, "withWeekday");
    case "week":
      return `week of ${dayLabel(day)}`;
    case "month":
      return dayLabel(day, "month");
  }
}

/** The buckets' names in order; hours that an autumn night repeats have their offsets in them, which tell them apart. */
export function bucketNames(starts: readonly string[], grain: Grain): string[] {
  const plain = starts.map((start) => bucketName(start, grain));
  return plain.map((name, index) => (plain.indexOf(name) === plain.lastIndexOf(name) ? name : `${name} (${starts[index]?.slice(16) ?? ""})`));
}

/** A bucket under the axis. */
function tickLabel(start: string, grain: Grain): string {
  if (grain === "hour") return start.slice(11, 16);
  return dayLabel(bucketDay(start), grain === "month" ? "month" : "short");
}

/** Which buckets carry a label: evenly spaced, at most so many, weeks kept whole. */
export function axisTicks(starts: readonly string[], grain: Grain, atMost: number): { index: number; label: string }[] {
  if (starts.length === 0 || atMost < 1) return [];
  const raw = Math.ceil(starts.length / atMost);
  const steps = grain === "day" ? [1, 2, 7, 14, 28] : grain === "hour" ? [1, 2, 3, 4, 6, 12, 24] : [1, 2, 3, 4, 6, 12, 26, 52];
  const step = steps.find((candidate) => candidate >= raw) ?? raw;
  const ticks: { index: number; label: string }[] = [];
  for (let index = 0; index < starts.length; index += step) {
    const start = starts[index];
    if (start !== undefined) ticks.push({ index, label: tickLabel(start, grain) });
  }
  return ticks;
}
