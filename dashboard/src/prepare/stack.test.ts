import { expect, test } from "vitest";
import { prepareStack, type StackBucket, withSlots } from "./stack.ts";

const bucket = (values: StackBucket["values"], rest: Partial<StackBucket> = {}): StackBucket => ({ start: "2026-11-18", complete: true, total: "0", values, previous: null, unpriced: 0, ...rest });

test("a name keeps its colour whatever the order of an answer", () => {
  const ranked = withSlots([{ key: "b", name: "b", rank: 2 }, { key: "new", name: "new", rank: 40 }, { key: "a", name: "a", rank: 1 }]);
  expect(ranked.map(({ key, slot }) => [key, slot])).toEqual([["b", 2], ["new", 4], ["a", 1]]);
});

test("two names never share a colour, and a thirteenth has none", () => {
  const slots = withSlots(Array.from({ length: 13 }, (_, index) => ({ key: `k${index}`, name: "", rank: 1 }))).map(({ slot }) => slot);
  expect(slots).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, null]);
});

test("a name has the same colour in every period and on every page, whoever stands beside it", () => {
  const slotOf = (others: number[]) => withSlots([{ key: "opus", name: "opus", rank: 9 }, ...others.map((rank) => ({ key: `k${rank}`, name: "", rank }))])[0]?.slot;
  expect([slotOf([]), slotOf([1, 2, 3]), slotOf([4, 12, 7, 2])]).toEqual([9, 9, 9]);
  // Without a rank, the name itself decides.
  const unranked = (others: number[]) => withSlots([...others.map((rank) => ({ key: `k${rank}`, name: "", rank })), { key: "new-model", name: "", rank: null }]).at(-1)?.slot;
  expect(unranked([])).toBe(unranked([1]));
});

test("what is no model has a colour that no model has", () => {
  expect(withSlots([{ key: "/", name: "", rank: 1, isNone: true }, { key: "a", name: "a", rank: 2 }]).map(({ slot }) => slot)).toEqual([0, 2]);
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
