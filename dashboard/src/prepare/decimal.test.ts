import { describe, expect, test } from "vitest";
import { compare, exactDifference, exactSum, magnitude, position, scaled, sign, unscaled } from "./decimal.ts";

describe("decimal strings", () => {
  test("survive the round trip to the last digit", () => {
    for (const text of ["0", "1", "-1", "0.000000000001", "-0.5", "1234567.890123456789"]) {
      expect(unscaled(scaled(text))).toBe(text);
    }
  });

  test("add without a float's error", () => {
    expect(exactSum(["0.1", "0.2"])).toBe("0.3");
    expect(exactSum([])).toBe("0");
    expect(exactDifference("0.3", "0.1")).toBe("0.2");
    expect(exactDifference("0.1", "0.3")).toBe("-0.2");
  });

  test("compare by value, not by text", () => {
    expect(compare("10", "9")).toBe(1);
    expect(compare("-10", "-9")).toBe(-1);
    expect(compare("1.50", "1.5")).toBe(0);
    expect([sign("-0.1"), sign("0.000"), sign("2")]).toEqual([-1, 0, 1]);
    expect([magnitude("-2.5"), magnitude("2.5")]).toEqual(["2.5", "2.5"]);
    expect(position("1.25")).toBe(1.25);
  });

  test("refuse what is no plain decimal", () => {
    for (const text of ["", "1e3", "NaN", ".5", "1,000", "0.1234567890123456789"]) expect(() => scaled(text)).toThrow(RangeError);
  });
});
