import { expect, test } from "vitest";
import { ago, compactCount, costShare, count, duration, plural, share, signedPercent } from "./quantity.ts";

test("counts print every digit, tiles three", () => {
  expect(count(18_204)).toBe("18,204");
  expect(compactCount(1_240_000)).toBe("1.24\u202fM");
  expect(compactCount(912)).toBe("912");
});

test("a noun agrees with its number", () => {
  expect(plural(1, "session")).toBe("1 session");
  expect(plural(0, "session")).toBe("0 sessions");
  expect(plural(2, "reply", "replies")).toBe("2 replies");
});

test("a share has one place and is never rounded to nothing", () => {
  expect(share(0.264)).toBe("26.4\u202f%");
  expect(share(0.0001)).toBe("<0.1\u202f%");
  expect(share(0)).toBe("0.0\u202f%");
  expect(share(null)).toBe("—");
  expect(share(Number.NaN)).toBe("—");
});

test("a change carries its sign and stops at 999 percent", () => {
  expect(signedPercent(0.341)).toBe("+34.1\u202f%");
  expect(signedPercent(-0.04)).toBe("−4.0\u202f%");
  expect(signedPercent(0)).toBe("0.0\u202f%");
  expect(signedPercent(12)).toBe(">999\u202f%");
});

test("a duration takes the unit that a reader would", () => {
  expect([412, 8_400, 59_960, 37 * 60_000, 3_600_000, 7_500_000, 273_600_000, 172_800_000, null].map(duration)).toEqual([
    "412 ms", "8.4 s", "1.0 min", "37 min", "1 h", "2 h 5 min", "3 d 4 h", "2 d", "—",
  ]);
});

test("below ten minutes a duration keeps a place, so that 90 seconds are not two minutes", () => {
  expect([89_000, 90_100, 596_000, 600_000].map(duration)).toEqual(["1.5 min", "1.5 min", "9.9 min", "10 min"]);
});

test("what cost something is never nothing of the whole", () => {
  expect([costShare(0, true), costShare(0, false), costShare(0.5, true), costShare(null, true)]).toEqual(["<0.1\u202f%", "0.0\u202f%", "50.0\u202f%", "—"]);
});

test("an age is said roughly", () => {
  expect([1_000, 12_400, 61_000, 7_200_000, 259_200_000].map(ago)).toEqual(["just now", "12 s ago", "1 min ago", "2 h ago", "3 days ago"]);
});
