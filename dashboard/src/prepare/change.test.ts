import { expect, test } from "vitest";
import type { Comparison } from "../api/model.ts";
import { changeText, comparisonFault, countChangeText, ratioText } from "./change.ts";

const comparison = (given: Partial<Comparison>) => ({ comparable: true, reason: null, ...given }) as Comparison;
const like = comparison({});
const change = (difference: string | null, ratio: number | null) => ({ current_total_cost: "1", previous_total_cost: "1", difference, ratio });

test("a change has a direction, a percentage and an amount", () => {
  expect(changeText(change("206.62", 0.341079), like)).toEqual({ kind: "change", direction: "up", percent: "+34.1\u202f%", amount: "+$206.62" });
  expect(changeText(change("-10", -0.1), like)).toMatchObject({ direction: "down", percent: "−10.0\u202f%", amount: "−$10.00" });
  expect(changeText(change("0", 0), like)).toMatchObject({ direction: "same" });
});

test("what was nothing before is new, not infinite", () => {
  expect(changeText(change("4", null), like)).toEqual({ kind: "new", percent: "new", amount: "+$4.00" });
  expect(changeText(change("0", null), like)).toEqual({ kind: "none", reason: "Nothing in either period." });
});

test("what is not like for like is no percentage but a reason", () => {
  for (const reason of ["open_day", "no_data_before", "coverage_differs", null] as const) {
    const result = changeText(change("1", 1), comparison({ comparable: false, reason }));
    expect(result.kind).toBe("none");
    expect(result).toHaveProperty("reason", comparisonFault(comparison({ comparable: false, reason })));
  }
  expect(changeText(change("1", 1), null).kind).toBe("none");
  expect(changeText(null, like).kind).toBe("none");
  expect(changeText(change(null, null), like).kind).toBe("none");
});

test("a group with usage only on the open day is told from one without any", () => {
  const open = comparison({ current: { start_date: "2026-11-17", end_date: "2026-11-22", days: 6, complete: true } });
  expect(changeText(change("0", null), open)).toEqual({ kind: "none", reason: "Nothing in either period up to Nov 22: only today, which is still open." });
});

test("a count changes in its own unit, by the API's own figures", () => {
  const format = (amount: string) => `${amount} tokens`;
  expect(countChangeText({ current: 120, previous: 100, difference: 20, ratio: 0.2 }, like, format)).toEqual({ kind: "change", direction: "up", percent: "+20.0\u202f%", amount: "+20 tokens" });
  expect(countChangeText({ current: 5, previous: 0, difference: 5, ratio: null }, like, format)).toMatchObject({ kind: "new", amount: "+5 tokens" });
  expect(countChangeText({ current: 90, previous: 100, difference: -10, ratio: -0.1 }, like, format)).toMatchObject({ direction: "down", amount: "−10 tokens" });
  expect([countChangeText(null, like, format).kind, countChangeText({ current: 0, previous: 0, difference: 0, ratio: null }, like, format).kind, countChangeText(null, null, format).kind]).toEqual(["none", "none", "none"]);
});

test("a plain ratio is said the same way", () => {
  expect(ratioText(-0.3, like)).toMatchObject({ direction: "down", percent: "−30.0\u202f%" });
  expect(ratioText(0.3, like)).toMatchObject({ direction: "up" });
  expect(ratioText(0, like)).toMatchObject({ direction: "same" });
  expect([ratioText(null, like).kind, ratioText(1, null).kind]).toEqual(["none", "none"]);
});
