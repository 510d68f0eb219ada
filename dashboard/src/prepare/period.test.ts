import { describe, expect, test } from "vitest";
import { bucketRange, naturalGrain, periodLabel, presetRange, presets, rangeOf, steppedRange } from "./period.ts";

const today = "2026-11-23";

test("every named period ends today, but last month", () => {
  expect(Object.fromEntries(presets.map((preset) => [preset, Object.values(presetRange(preset, today)).join(" ")]))).toEqual({
    today: "2026-11-23 2026-11-23",
    "7d": "2026-11-17 2026-11-23",
    "28d": "2026-10-27 2026-11-23",
    mtd: "2026-11-01 2026-11-23",
    lm: "2026-10-01 2026-10-31",
    qtd: "2026-10-01 2026-11-23",
    ytd: "2026-01-01 2026-11-23",
    all: "2020-01-01 2026-11-23",
  });
});

test("explicit days win over a name, and this month is the default", () => {
  expect(rangeOf({ p: "7d", from: "2026-11-18", to: "2026-11-18" }, today)).toEqual({ from: "2026-11-18", to: "2026-11-18" });
  expect(rangeOf({}, today)).toEqual(presetRange("mtd", today));
});

test("the button names the period and its days", () => {
  expect(periodLabel({}, today)).toBe("This month · Nov 1–23");
  expect(periodLabel({ p: "all" }, today)).toBe("All time");
  expect(periodLabel({ from: "2026-11-18", to: "2026-11-18" }, today)).toBe("Wed, Nov 18");
});

describe("stepping", () => {
  test("a month steps by months, and never past today while it is running", () => {
    expect(steppedRange({ from: "2026-11-01", to: "2026-11-23" }, -1, today)).toEqual({ from: "2026-10-01", to: "2026-10-31" });
    expect(steppedRange({ from: "2026-10-01", to: "2026-10-31" }, 1, today)).toEqual({ from: "2026-11-01", to: "2026-11-23" });
    expect(steppedRange({ from: "2026-11-01", to: "2026-11-23" }, 1, today)).toEqual({ from: "2026-12-01", to: "2026-12-31" });
  });

  test("any other range steps by its own length", () => {
    expect(steppedRange({ from: "2026-11-17", to: "2026-11-23" }, -1, today)).toEqual({ from: "2026-11-10", to: "2026-11-16" });
  });
});

test("a bucket opens as the days it stands for, inside the range", () => {
  const within = { from: "2026-10-15", to: "2026-11-23" };
  expect(bucketRange("2026-11-18", "day", within)).toEqual({ from: "2026-11-18", to: "2026-11-18" });
  expect(bucketRange("2026-11-18", "week", within)).toEqual({ from: "2026-11-16", to: "2026-11-22" });
  expect(bucketRange("2026-11-01", "month", within)).toEqual({ from: "2026-11-01", to: "2026-11-23" });
  expect(bucketRange("2026-10-01", "month", within)).toEqual({ from: "2026-10-15", to: "2026-10-31" });
});

test("a range has a grain of 7 to 100 bars", () => {
  expect(["2026-11-23", "2026-11-01", "2026-01-01", "2020-01-01"].map((from) => naturalGrain({ from, to: today }))).toEqual(["hour", "day", "week", "month"]);
});
