import { expect, test } from "vitest";
import type { Rate } from "../api/queries/prices.ts";
import { sheetLine } from "./price-sheet.ts";

const rate = (given: Partial<Rate>) => ({ resource_type: "input", region: "", service_tier: "standard", min_context: 0, schedule: "", rate: "1", per: 1_000_000, valid_from: "2026-11-01T00:00:00.000Z", valid_from_basis: "stated", ...given }) as Rate;

test("a line has what most calls pay, and counts the rest", () => {
  const line = sheetLine([rate({}), rate({ service_tier: "batch", rate: "0.5" }), rate({ min_context: 200_000 }), rate({ resource_type: "output", rate: "8", valid_from: "2026-11-16T00:00:00.000Z" }), rate({ resource_type: "web_search", per: 1 })]);
  expect([line.rates.input?.rate, line.rates.cache_read, line.rates.output?.rate, line.moreCount]).toEqual(["1", null, "8", 3]);
  expect(line.changed).toBe("2026-11-16T00:00:00.000Z");
});

test("a start that is only assumed is no change", () => {
  expect(sheetLine([rate({ valid_from_basis: "assumed" }), rate({ resource_type: "output", valid_from: null })]).changed).toBeNull();
  expect(sheetLine([])).toEqual({ rates: { input: null, cache_read: null, cache_write_5m: null, output: null }, moreCount: 0, changed: null });
});
