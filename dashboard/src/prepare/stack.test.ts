import { expect, test } from "vitest";
import { prepareStack, type StackBucket, withSlots } from "./stack.ts";

const bucket = (values: StackBucket["values"], rest: Partial<StackBucket> = {}): StackBucket => ({ start: "2026-11-18", complete: true, total: "0", values, previous: null, unpriced: 0, ...rest });

test("a name keeps its colour whatever the order of an answer", () => {
  const ranked = withSlots([{ key: "b", name: "b", rank: 2 }, { key: "new", name: "new", rank: 40 }, { key: "a", name: "a", rank: 1 }]);
  expect(ranked.map(({ key, slot }) => [key, slot])).toEqual([["b", 2], ["new", 3], ["a", 1]]);
});

test("two names never share a colour, and a seventh has none", () => {
  const slots = withSlots(["a", "b", "c", "d", "e", "f", "g"].map((key) => ({ key, name: key, rank: 1 }))).map(({ slot }) => slot);
  expect(slots).toEqual([1, 2, 3, 4, 5, 6, null]);
  expect(withSlots([{ key: "a", name: "a", rank: null }, { key: "b", name: "b", rank: 0 }]).map(({ slot }) => slot)).toEqual([1, 2]);
});

test("segments stack from the axis in the order of the series", () => {
  const series = withSlots([{ key: "a", name: "a", rank: 1 }, { key: "b", name: "b", rank: 2 }]);
  const stack = prepareStack([bucket({ b: "2.5", a: "1.5" })], series);
  expect(stack.columns[0]?.segments.map(({ series: { key }, low, high }) => [key, low, high])).toEqual([["a", 0, 1.5], ["b", 1.5, 4]]);
  expect(stack.max).toBe(4);
});

test("what is unknown, absent or zero has no segment", () => {
  const series = withSlots([{ key: "a", name: "a", rank: 1 }, { key: "b", name: "b", rank: 2 }, { key: "c", name: "c", rank: 3 }]);
  expect(prepareStack([bucket({ a: null, b: "0" })], series).columns[0]?.segments).toEqual([]);
});

test("the scale reaches the comparison and the forecast too", () => {
  const series = withSlots([{ key: "a", name: "a", rank: 1 }]);
  expect(prepareStack([bucket({ a: "1" }, { previous: "7" })], series, ["3"]).max).toBe(7);
  expect(prepareStack([], series, ["3"]).max).toBe(3);
  expect(prepareStack([], series).max).toBe(0);
});
