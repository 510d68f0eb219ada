import { describe, expect, test } from "vitest";
import { chartSearch, listSearch, overviewSearch, pageSearch, parseSearch, priceRowSearch, pricesSearch, sessionsSearch, sharedSearch, signInSearch, stringifySearch } from "./search.ts";

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

/** What is set of it: everything else that a page knows is there, and undefined. */
const set = (search: object) => Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

test("whatever a page knows is in its answer, so that no raw value of the address shines through", () => {
  const nonsense = Object.fromEntries(["p", "from", "to", "cmp", "f", "tenant", "by", "sub", "m", "g", "sum", "view", "who", "q", "sort", "order", "skip", "rows", "ssort", "status", "min", "unpriced", "tab", "of"].map((name) => [name, { odd: true }]));
  for (const read of [sharedSearch, chartSearch, overviewSearch, listSearch, sessionsSearch, pricesSearch, pageSearch, priceRowSearch, signInSearch]) {
    const shown = { ...nonsense, ...read(nonsense) } as Record<string, unknown>;
    for (const name of Object.keys(read({}))) expect(shown[name], `${read.name}: ${name}`).toBeUndefined();
  }
});

describe("shared parameters", () => {
  test("explicit days replace the name of a period", () => {
    expect(set(sharedSearch({ p: "7d", from: "2026-11-01", to: "2026-11-18" }))).toEqual({ from: "2026-11-01", to: "2026-11-18" });
  });

  test("nonsense is left out, not shown as an error", () => {
    expect(set(sharedSearch({ p: "fortnight", from: "2026-02-30", to: "2026-03-01", cmp: 3, f: ["colour:is:red", 7], tenant: "" }))).toEqual({});
    expect(set(sharedSearch({ from: "2026-11-18", p: "lm" }))).toEqual({ p: "lm" });
  });

  test("days in the wrong order are put in order", () => {
    expect(set(sharedSearch({ from: "2026-11-18", to: "2026-11-01", p: "lm" }))).toEqual({ from: "2026-11-01", to: "2026-11-18" });
  });

  test("filters stand once each", () => {
    expect(set(sharedSearch({ f: ["user:is:a", "user:is:a"] }))).toEqual({ f: ["user:is:a"] });
    expect(set(sharedSearch({ f: "agent:is:" }))).toEqual({ f: ["agent:is:"] });
    expect(set(sharedSearch({ f: "user:is:a", cmp: "none", tenant: "acme" }))).toEqual({ f: ["user:is:a"], cmp: "none", tenant: "acme" });
  });
});

test("a chart knows its measures and ways to split", () => {
  expect(set(chartSearch({ by: "user", sub: "model", m: "tokens", g: "week", view: "table" }))).toEqual({ by: "user", sub: "model", m: "tokens", g: "week", view: "table" });
  expect(set(chartSearch({ by: "moon", m: "joy", view: "chart" }))).toEqual({});
  expect(set(overviewSearch({ who: "agents", sum: "1" }))).toEqual({ who: "agents", sum: true });
});

test("a list pages by a positive offset, and by the sizes that it offers", () => {
  expect(set(listSearch({ q: "ada", sort: "tokens", order: "asc", skip: "50", rows: "250" }))).toEqual({ q: "ada", sort: "tokens", order: "asc", skip: 50, rows: 250 });
  expect(set(listSearch({ skip: 100 }))).toEqual({ skip: 100 });
  for (const nonsense of [{ skip: "-1" }, { skip: "-5" }, { skip: "0" }, { skip: "1.5" }, { skip: "1e3" }, { rows: "7" }, { order: "desc", q: "x".repeat(257) }]) expect(set(listSearch(nonsense))).toEqual({});
});

test("sessions are found by status, cost and missing price", () => {
  expect(set(sessionsSearch({ status: "error", min: "0.50", unpriced: "1", ssort: "cost", q: "s_1", skip: "50", order: "asc" }))).toEqual({ status: "error", min: "0.50", unpriced: true, ssort: "cost", q: "s_1", skip: 50, order: "asc" });
  expect(set(sessionsSearch({ status: "lost", min: "1e3", unpriced: "no", skip: 50 }))).toEqual({ skip: 50 });
});

test("a sign-in leads to a page of this site", () => {
  expect([signInSearch({ to: "/users?p=7d" }), signInSearch({ to: "//evil.example" }), signInSearch({ to: 7 })].map(set)).toEqual([{ to: "/users?p=7d" }, {}, {}]);
});
