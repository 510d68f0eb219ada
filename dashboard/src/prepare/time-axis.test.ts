import { expect, test } from "vitest";
import { addDays } from "./day.ts";
import { axisTicks, bucketName, bucketNames } from "./time-axis.ts";

test("a bucket is named by its width", () => {
  expect(bucketName("2026-11-18", "day")).toBe("Wed, Nov 18");
  expect(bucketName("2026-11-18T10:00+01:00", "hour")).toBe("Nov 18, 10:00");
  expect(bucketName("2026-11-16", "week")).toBe("week of Nov 16");
  expect(bucketName("2026-11-01", "month")).toBe("Nov 2026");
});

test("a month of days is labelled once a week", () => {
  const days = Array.from({ length: 30 }, (_, i) => addDays("2026-11-01", i));
  expect(axisTicks(days, "day", 8)).toEqual([
    { index: 0, label: "Nov 1" }, { index: 7, label: "Nov 8" }, { index: 14, label: "Nov 15" }, { index: 21, label: "Nov 22" }, { index: 28, label: "Nov 29" },
  ]);
});

test("hours and months are labelled evenly, and nothing without buckets", () => {
  const hours = Array.from({ length: 24 }, (_, i) => `2026-11-18T${String(i).padStart(2, "0")}:00+01:00`);
  expect(axisTicks(hours, "hour", 8).map((tick) => tick.label)).toEqual(["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]);
  expect(axisTicks(["2026-10-01", "2026-11-01"], "month", 6).map((tick) => tick.label)).toEqual(["Oct 2026", "Nov 2026"]);
  expect(axisTicks([], "day", 6)).toEqual([]);
  expect(axisTicks(["2026-11-01"], "day", 0)).toEqual([]);
  expect(axisTicks(Array.from({ length: 600 }, (_, i) => addDays("2026-01-01", i)), "day", 2)).toHaveLength(2);
});

test("the hour that an autumn night repeats is two buckets with two names", () => {
  const night = ["2026-10-25T01:00+02:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"];
  expect(bucketNames(night, "hour")).toEqual(["Oct 25, 01:00", "Oct 25, 02:00 (+02:00)", "Oct 25, 02:00 (+01:00)", "Oct 25, 03:00"]);
});
