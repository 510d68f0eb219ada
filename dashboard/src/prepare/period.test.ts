import { describe, expect, test } from "vitest";
import { bucketRange, defaultPreset, naturalGrain, periodLabel, presetRange, presets, rangeOf, steppedRange } from "./period.ts";

const today = "2026-11-23";
const calendar = { today, firstDay: "2026-02-03" };

test("every named period ends today, but last month", () => {
  expect(Object.fromEntries(presets.map((preset) => [preset, Object.values(presetRange(preset, calendar)).join(" ")]))).toEqual({
    today: "2026-11-23 2026-11-23",
    "7d": "2026-11-17 2026-11-23",
    "28d": "2026-10-27 2026-11-23",
    mtd: "2026-11-01 2026-11-23",
    lm: "2026-10-01 2026-10-31",
    qtd: "2026-10-01 2026-11-23",
    ytd: "2026-01-01 2026-11-23",
    all: "2026-02-03 2026-11-23",
  });
});

test("explicit days win over a name, and this month is the default", () => {
  expect(rangeOf({ p: "7d", from: "2026-11-18", to: "2026-11-18" }, calendar)).toEqual({ from: "2026-11-18", to: "2026-11-18" });
  expect(rangeOf({}, calendar)).toEqual(presetRange("mtd", calendar));
});

test("the button names the period and its days", () => {
  expect(periodLabel({}, calendar)).toBe("This month · Nov 1–23");
  expect(periodLabel({ p: "all" }, calendar)).toBe("All time");
  expect(periodLabel({ from: "2026-11-18", to: "2026-11-18" }, calendar)).toBe("Wed, Nov 18");
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

test("without a period in the address, a page shows the longest of the last days that can be compared", () => {
  const shown = (today: string, firstDay: string | null) => defaultPreset({ today, firstDay });
  // An old installation: this month, but not while it is a day or two old.
  expect(["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-30"].map((today) => shown(today, "2026-01-01"))).toEqual(["28d", "28d", "mtd", "mtd"]);
  // A young one: what has a comparison, from the ninth day on.
  expect(["2026-11-30", "2026-11-21", "2026-11-08"].map((first) => shown("2026-11-30", first))).toEqual(["mtd", "7d", "7d"]);
  expect(["2026-10-25", "2026-11-01", "2026-11-02"].map((first) => shown("2026-11-30", first))).toEqual(["mtd", "28d", "7d"]);
  expect([shown("2026-11-01", null), shown("2026-11-20", null)]).toEqual(["28d", "mtd"]);
});
