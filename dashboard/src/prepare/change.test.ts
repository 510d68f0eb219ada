import { expect, test } from "vitest";
import { moneyChange } from "./change.ts";

test("a change has a direction, a percentage and an amount", () => {
  expect(moneyChange("812.40", "605.78")).toEqual({ kind: "change", direction: "up", percent: "+34.1\u202f%", amount: "+$206.62" });
  expect(moneyChange("90", "100")).toEqual({ kind: "change", direction: "down", percent: "−10.0\u202f%", amount: "−$10.00" });
  expect(moneyChange("1", "1")).toMatchObject({ direction: "same", percent: "0.0\u202f%" });
  expect(moneyChange("1", "-2")).toMatchObject({ direction: "up", percent: "+150.0\u202f%" });
});

test("what was nothing before is new, not infinite", () => {
  expect(moneyChange("4", "0")).toEqual({ kind: "new", percent: "new", amount: "+$4.00" });
  expect(moneyChange("0", "0")).toEqual({ kind: "none", reason: "Nothing in either period." });
});

test("what is not like for like is no percentage but a reason", () => {
  expect(moneyChange("1", "2", "No data before November 3.")).toEqual({ kind: "none", reason: "No data before November 3." });
  expect(moneyChange("1", null).kind).toBe("none");
  expect(moneyChange(null, "1").kind).toBe("none");
});
