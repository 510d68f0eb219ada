import { expect, test } from "vitest";
import type { Rate } from "../api/queries/prices.ts";
import { priceLines, priceWindow } from "./price-steps.ts";

const rate = (given: Partial<Rate>) => ({ id: 1, resource_type: "input", service_tier: "standard", region: "", min_context: 0, schedule: "", rate: "0.25", per: 1_000_000, valid_from: null, valid_to: null, status: "active", ...given }) as Rate;
const november = "2026-11-16T00:00:00.000Z";

test("each thing that is priced has its own line of steps, oldest first", () => {
  const lines = priceLines([rate({ id: 2, valid_from: november, rate: "0.3" }), rate({ id: 1, valid_to: november }), rate({ id: 3, resource_type: "output", min_context: 200_000, service_tier: "batch", region: "eu" })]);
  expect(lines.map(({ key, steps }) => [key, steps.map(({ id, value }) => [id, value])])).toEqual([
    ["input/", [[1, 0.25], [2, 0.3]]],
    ["output/batch, eu, from 200,000 tokens", [[3, 0.25]]],
  ]);
});

test("rows that wait, were rejected or never held are no steps", () => {
  expect(priceLines([rate({ status: "quarantined" }), rate({ status: "rejected" }), rate({ valid_from: november, valid_to: november })])).toEqual([]);
});

test("the window shows every change and at least a quarter", () => {
  const now = Date.parse("2026-11-23T00:00:00Z");
  const { from, to } = priceWindow(priceLines([rate({ valid_from: "2025-11-23T00:00:00Z" })]), now);
  expect(from).toBeLessThan(Date.parse("2025-11-23T00:00:00Z"));
  expect(to).toBe(now);
  expect(priceWindow([], now).from).toBeLessThan(now - 89 * 86_400_000);
});
