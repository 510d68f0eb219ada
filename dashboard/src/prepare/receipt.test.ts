import { expect, test } from "vitest";
import type { CostLine, Receipt } from "../api/model.ts";
import { flagText, lineName, lineText, priceOrigin, readingText, receiptText, unitPrice } from "./receipt.ts";

const price = {
  price_id: 4711, provider: "anthropic", model: "claude-opus-5", resource_type: "cache_read", region: "", service_tier: "standard", min_context: 0, schedule: "", rate: "0.5", per: 1_000_000,
  currency: "USD" as const, valid_from: "2026-11-16T00:00:00.000Z", valid_from_basis: "stated" as const, valid_to: null, source: "litellm", source_revision: "5f3a", reason: null,
};
const line: CostLine = { component: "ai_tokens", resource_type: "cache_read", quantity: 38_900, amount: "0.01945", price, multiplier: null, flags: [] };

test("a line is a sum that anyone can redo", () => {
  expect(lineText(line)).toBe("Cache read: 38,900 × $0.50 / 1M = $0.01945");
  expect(lineText({ ...line, multiplier: { numerator: 11, denominator: 10 } })).toContain("× 11/10 =");
  expect(unitPrice({ ...price, per: 1, rate: "0.01" })).toBe("$0.01 each");
  expect(unitPrice({ ...price, per: 1000 })).toBe("$0.50 / 1K");
  expect(unitPrice({ ...price, per: 60 })).toBe("$0.50 / 60");
});

test("a line without a rate has no price, not zero", () => {
  expect(lineText({ ...line, price: null, amount: null })).toBe("Cache read: 38,900 × no price = No price");
  expect(lineText({ ...line, price: null, amount: "2", flags: ["declared"] })).toContain("× stated by the sender = $2.00");
});

test("a price names its source, its date and how that is known", () => {
  expect(priceOrigin(price, "Europe/Berlin")).toBe("anthropic/claude-opus-5 · since Nov 16, 2026 · from litellm");
  expect(priceOrigin({ ...price, valid_from_basis: "assumed", model: "" }, "UTC")).toBe("anthropic · from the beginning (assumed) · from litellm");
  expect(priceOrigin({ ...price, valid_from_basis: "observed", service_tier: "batch", region: "eu", min_context: 200_000, schedule: "mon-fri 16:30-00:30" }, "UTC")).toBe(
    "anthropic/claude-opus-5 · batch · eu · from 200,000 input tokens · mon-fri 16:30-00:30 · since Nov 16, 2026 (observed) · from litellm",
  );
});

test("a remark is in words", () => {
  expect([flagText("assumed_start"), flagText("some_new_flag")]).toEqual(["the call is older than this price's first sighting", "some new flag"]);
});

test("what the reading concluded is a sentence, and a number without a meaning has its field's name", () => {
  expect(readingText("cache_lifetime_assumed")).toBe("Nothing said how long the written cache lives: the shorter lifetime, 5 minutes, was taken.");
  expect(readingText("something_new")).toBe("Something new.");
  expect([lineName("unread:reasoning_seconds"), lineName("cache_read")]).toEqual(["“reasoning_seconds”, a number that we could not read", "Cache read"]);
});

test("the receipt as a text holds every line, the parts and the check", () => {
  const receipt = {
    interaction: { id: "i_91c", provider: "anthropic", model: "claude-opus-5", session_id: "s_8f2", user_id: "user-17", agent: "researcher" },
    price_time: "2026-11-18T09:12:52.400Z",
    reporting_time_zone: "Europe/Berlin",
    lines: [line, { ...line, price: null, amount: null }],
    estimate: { total_cost: "0.01945", cost_by_component: { ai_tokens: "0.01945", db_ops: "0", api_calls: "0", compute_time: null }, price_state: "partial" },
    equals_stored: true,
    today: { total_cost: "0.01945" },
  } as unknown as Receipt;
  const text = receiptText(receipt);
  expect(text).toContain("anthropic/claude-opus-5 · Nov 18, 2026, 10:12:52 Europe/Berlin");
  expect(text).toContain("Cache read: 38,900 × $0.50 / 1M = $0.01945   [anthropic/claude-opus-5");
  expect(text).toContain("Compute time: No price");
  expect(text).toContain("Total: $0.01945 (partial), equals the stored amount");
  expect(receiptText({ ...receipt, equals_stored: false, interaction: { ...receipt.interaction, agent: "", user_id: "" } })).toContain("DIFFERS");
});
