import { expect, test } from "vitest";
import { prepareBridge } from "./bridge.ts";

const steps = [
  { key: "volume", name: "More interactions", amount: "30.000000000001" },
  { key: "mix", name: "Model mix", amount: "0" },
  { key: "cache", name: "Cache", amount: "-10" },
];

test("each step starts where the one before ended", () => {
  const { bars } = prepareBridge({ name: "October", amount: "100" }, steps, { name: "November", amount: "120.000000000001" });
  expect(bars.map(({ kind }) => kind)).toEqual(["total", "rise", "none", "fall", "total"]);
  const [before, volume, mix, cache, after] = bars;
  expect(before).toMatchObject({ left: 0 });
  expect(volume?.left).toBeCloseTo((before?.width ?? 0), 6);
  expect((volume?.left ?? 0) + (volume?.width ?? 0)).toBeCloseTo(100, 6);
  expect(mix?.width).toBe(0);
  expect((cache?.left ?? 0)).toBeCloseTo(after?.width ?? 0, 6);
});

test("the steps explain the whole change to the last digit, or the rest is named", () => {
  const before = { name: "October", amount: "100" };
  expect(prepareBridge(before, steps, { name: "November", amount: "120.000000000001" }).remainder).toBe("0");
  expect(prepareBridge(before, steps, { name: "November", amount: "120.000000000002" }).remainder).toBe("0.000000000001");
});

test("a bridge over nothing is flat, not broken", () => {
  const { bars } = prepareBridge({ name: "a", amount: "0" }, [], { name: "b", amount: "0" });
  expect(bars.every(({ left, width }) => left === 0 && width === 0)).toBe(true);
});
