import { describe, expect, test } from "vitest";
import { chartSearch, listSearch, parseSearch, sessionsSearch, sharedSearch, stringifySearch } from "./search.ts";

describe("the address bar", () => {
  test("says the same after a round trip", () => {
    const address = "?p=7d&cmp=prev&f=user:is:user-17&f=model:is:claude-opus-5&q=a%26b";
    expect(stringifySearch(parseSearch(address))).toBe(address);
    expect(stringifySearch({})).toBe("");
    expect(stringifySearch({ a: undefined, b: null, unpriced: true })).toBe("?unpriced=1");
  });

  test("keeps a value that looks like a number a text", () => {
    expect(parseSearch("?q=007")).toEqual({ q: "007" });
  });
});

describe("shared parameters", () => {
  test("explicit days replace the name of a period", () => {
    expect(sharedSearch({ p: "7d", from: "2026-11-01", to: "2026-11-18" })).toEqual({ from: "2026-11-01", to: "2026-11-18" });
  });

  test("nonsense is left out, not shown as an error", () => {
    expect(sharedSearch({ p: "fortnight", from: "2026-02-30", to: "2026-03-01", cmp: 3, f: ["colour:is:red", 7], tenant: "" })).toEqual({});
    expect(sharedSearch({ from: "2026-11-18", to: "2026-11-01", p: "lm" })).toEqual({ p: "lm" });
  });

  test("filters stand once each", () => {
    expect(sharedSearch({ f: ["user:is:a", "user:is:a"] })).toEqual({ f: ["user:is:a"] });
    expect(sharedSearch({ f: "user:is:a", cmp: "none", tenant: "acme" })).toEqual({ f: ["user:is:a"], cmp: "none", tenant: "acme" });
  });
});

test("a chart knows its measures and ways to split", () => {
  expect(chartSearch({ by: "user", sub: "model", m: "tokens", g: "week", view: "table" })).toEqual({ by: "user", sub: "model", m: "tokens", g: "week", view: "table" });
  expect(chartSearch({ by: "moon", m: "joy", view: "chart" })).toEqual({});
});

test("a list pages by a positive offset", () => {
  expect(listSearch({ q: "ada", sort: "tokens", order: "asc", skip: "50" })).toEqual({ q: "ada", sort: "tokens", order: "asc", skip: 50 });
  expect(listSearch({ skip: 100 })).toEqual({ skip: 100 });
  expect([listSearch({ skip: "-1" }), listSearch({ skip: "0" }), listSearch({ skip: "1.5" }), listSearch({ order: "desc", q: "x".repeat(257) })]).toEqual([{}, {}, {}, {}]);
});

test("sessions are found by status, cost and missing price", () => {
  expect(sessionsSearch({ status: "error", min: "0.50", unpriced: "1", ssort: "cost", q: "s_1", skip: "50", order: "asc" })).toEqual({ status: "error", min: "0.50", unpriced: true, ssort: "cost", q: "s_1", skip: 50, order: "asc" });
  expect(sessionsSearch({ status: "lost", min: "1e3", unpriced: "no", skip: 50 })).toEqual({ skip: 50 });
});
