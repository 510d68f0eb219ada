import { expect, test } from "vitest";
import type { Unpriced } from "../api/queries/prices.ts";
import { isUnread, missingPrices, unreadField, unreadRows } from "./unread-fields.ts";

const lack = (resource_type: string, per: number) => ({ provider: "acme", model: "x1", resource_type, service_tier: "standard", per });
const item = (type: Unpriced["type"], missing: Unpriced["missing"]) => ({ provider: "acme", model: "x1", type, missing, unpriced_count: 1, partial_count: 0, interaction_count: 1, unpriced_tokens: 0, first_day: "2026-11-01", last_day: "2026-11-02" }) as Unpriced;

test("a number without a meaning is named by the field that held it", () => {
  expect([isUnread("unread:reasoning_seconds"), isUnread("web_search")]).toEqual([true, false]);
  expect([unreadField("unread:usage.seconds"), unreadField("input")]).toEqual(["usage.seconds", "input"]);
});

test("tools stand in a row each, a model's tokens in one", () => {
  const items = [item("api", [lack("web_search", 1), lack("tool:execute_code", 1)]), item("chat", [lack("input", 1_000_000), lack("output", 1_000_000)]), item("cost-event", [])];
  expect(missingPrices(items).map(({ missing }) => missing?.resource_type ?? null)).toEqual(["web_search", "tool:execute_code", "input", null]);
});

const field = (name: string, provider: string) => ({ field: name, provider, source: "langfuse", interaction_count: 3, first_day: "2026-11-01", last_day: "2026-11-02", example_id: "i_1" });

test("what was not read is apart from what has no price", () => {
  const items = [item("chat", [lack("unread:seconds", 1), lack("input", 1_000_000)]), item("chat", [lack("unread:seats", 1)])];
  expect(missingPrices(items).map(({ missing }) => missing?.resource_type)).toEqual(["input"]);
});

test("a field that has a price by now stands behind those that are in no total, and another provider's price is not its own", () => {
  const items = [item("chat", [lack("unread:seats", 1)])];
  const rows = unreadRows([field("seconds", "acme"), field("seats", "acme"), field("seats", "other")], items);
  expect(rows.map(({ field: { field: name, provider }, open }) => [name, provider, open?.resource_type ?? null])).toEqual([
    ["seats", "acme", "unread:seats"],
    ["seconds", "acme", null],
    ["seats", "other", null],
  ]);
});
