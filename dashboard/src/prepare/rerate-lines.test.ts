import { expect, test } from "vitest";
import { linePairs } from "./rerate-lines.ts";

const line = (resource_type: string, quantity: number, amount: string | null) => ({ resource_type, quantity, amount });

test("lines of one resource stand side by side, and what only one receipt has is told from what had no price", () => {
  const before = [line("input", 10, "0.1"), line("cache_write_5m", 7, "0.2"), line("web_search", 1, null)];
  const after = [line("input", 10, "0.1"), line("cache_write_1h", 7, "0.4"), line("web_search", 1, "0.01")];
  expect(linePairs(before, after).map(({ resource, quantities, before: old, after: fresh }) => [resource, quantities, old, fresh])).toEqual([
    ["input", [10], "0.1", "0.1"],
    ["cache_write_5m", [7], "0.2", undefined],
    ["web_search", [1], null, "0.01"],
    ["cache_write_1h", [7], undefined, "0.4"],
  ]);
});

test("several lines of one resource are one sum, and unknown where one of them is", () => {
  expect(linePairs([line("input", 1, "0.1"), line("input", 2, "0.25")], [line("input", 4, "1"), line("input", 1, null)])).toEqual([{ key: "input", resource: "input", quantities: [3, 5], before: "0.35", after: null }]);
});
