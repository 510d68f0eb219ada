import { describe, expect, test } from "vitest";
import { axisMoney, columnMoney, columnPlaces, exactColumn, exactMoney, listMoney, projectedMoney, rowMoney, signedMoney, tileMoney, knownCost } from "./money.ts";

describe("money in a tile", () => {
  test.each([
    ["812.4", "$812.40"],
    ["1234567.89", "$1,234,568"],
    ["999.994", "$999.99"],
    ["999.996", "$1,000"],
    ["0", "$0.00"],
    ["0.0446", "$0.04"],
    ["0.00464", "$0.00464"],
    ["-12.5", "−$12.50"],
    [null, "No price"],
  ])("prints %s as %s", (amount, text) => expect(tileMoney(amount)).toBe(text));
});

describe("money in a list", () => {
  test.each([
    ["18.75", "$18.75"],
    ["5000000", "$5,000,000.00"],
    ["0.0049", "<$0.01"],
    ["0.005", "$0.01"],
    ["-0.001", ">−$0.01"],
    ["0", "$0.00"],
    [null, "No price"],
  ])("prints %s as %s, whatever stands beside it", (amount, text) => expect(listMoney(amount)).toBe(text));
});

test("the digits of an exact column stand one below the other", () => {
  const print = exactColumn(["0.06883", "0.02619375", null, "3"]);
  expect(["0.06883", "0.02619375", null, "3"].map(print)).toEqual(["$0.06883000", "$0.02619375", "No price", "$3.00000000"]);
});

describe("money in a row", () => {
  test.each([
    ["214.07", "$214.07"],
    ["0.5", "$0.5000"],
    ["0.00464", "$0.00464"],
    ["0.0000046412", "$0.00000464"],
    ["0.0000001", "<$0.000001"],
    ["-0.0000001", ">−$0.000001"],
    ["0.99996", "$1.00"],
    ["0.0000", "$0.00"],
    [null, "No price"],
  ])("prints %s as %s", (amount, text) => expect(rowMoney(amount)).toBe(text));
});

describe("money in a column", () => {
  test("takes the places of its smallest amount, so that decimals align", () => {
    const amounts = ["12.5", "0.0421", null, "0"];
    const places = columnPlaces(amounts);
    expect(amounts.map((amount) => columnMoney(amount, places))).toEqual(["$12.5000", "$0.0421", "No price", "$0.0000"]);
  });

  test("goes to six places and no further", () => {
    expect(columnPlaces(["0.002"])).toBe(5);
    expect(columnPlaces(["0.00000001"])).toBe(6);
    expect(columnMoney("0.00000001", 6)).toBe("<$0.000001");
  });
});

test("an exact amount keeps every stored digit", () => {
  expect(exactMoney("1234567.890123456789")).toBe("$1,234,567.890123456789");
  expect(exactMoney("0.04467")).toBe("$0.04467");
  expect(exactMoney("3")).toBe("$3.00");
  expect(exactMoney(null)).toBe("No price");
});

test("a change carries its sign", () => {
  expect(signedMoney("206.62")).toBe("+$206.62");
  expect(signedMoney("-1206.6")).toBe("−$1,206.60");
  expect(signedMoney("0.004")).toBe("+$0.004");
  expect(signedMoney("0")).toBe("$0.00");
  expect(signedMoney(null)).toBe("—");
});

test("an axis label has the places of its step", () => {
  expect(axisMoney(45, 15)).toBe("$45");
  expect(axisMoney(0.25, 0.05)).toBe("$0.25");
  expect(axisMoney(20_000, 10_000)).toBe("$20K");
});

test("a projection claims no cents", () => {
  expect(["990.4", "19.5"].map(projectedMoney)).toEqual(["$990", "$19.50"]);
});

test("a zero that stands for what has no price is no zero", () => {
  expect(knownCost({ total_cost: "0", unpriced_count: 3 })).toBeNull();
  expect(knownCost({ total_cost: "0", unpriced_count: 0 })).toBe("0");
  expect(knownCost({ total_cost: "0.01", unpriced_count: 3 })).toBe("0.01");
  expect(knownCost({ total_cost: null, unpriced_count: 3 })).toBeNull();
});
