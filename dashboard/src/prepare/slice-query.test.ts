import { expect, test } from "vitest";
import { comparisonOf, filterQuery, sliceQuery } from "./slice-query.ts";

const calendar = { today: "2026-11-23", firstDay: "2026-08-01" };

test("a link means the same range, filters and comparison to everybody", () => {
  expect(sliceQuery({ f: ["user:is:user-17", "model:is:claude-opus-5"], tenant: "acme" }, calendar)).toEqual({
    start_date: "2026-11-01", end_date: "2026-11-23", compare: "weekdays", user_id: "user-17", tenant_id: "acme", model: "claude-opus-5",
  });
});

test("a running month is compared by its weekdays, a whole one with the month before, anything else with the period before", () => {
  expect([{}, { p: "lm" as const }, { p: "7d" as const }, { p: "ytd" as const }, { p: "all" as const }, { from: "2026-11-18", to: "2026-11-18" }, { cmp: "none" as const }].map((search) => comparisonOf(search, calendar))).toEqual([
    "weekdays", "lastmonth", "prev", "lastyear", "none", "prev", "none",
  ]);
});

test("the API takes one value a dimension, so the later filter counts and nonsense is left out", () => {
  expect(filterQuery({ f: ["type:is:chat", "nonsense", "type:is:db"] })).toEqual({ type: "db" });
  expect(filterQuery({ f: ["agent:is:", "user:is:"] })).toEqual({ agent: "", user_id: "" });
});
