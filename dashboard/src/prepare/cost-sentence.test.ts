import { expect, test } from "vitest";
import type { SessionDetail } from "../api/model.ts";
import { costSentence } from "./cost-sentence.ts";

type Told = Parameters<typeof costSentence>[0];
const told = (given: { figures?: object; drivers?: object[]; outlier?: object; total?: string | null }): Told => ({
  figures: { cache_hit_rate: null, cache_savings: "0", unpriced_count: 0, ...given.figures } as SessionDetail["figures"],
  drivers: (given.drivers ?? []) as SessionDetail["drivers"],
  outlier: { is_outlier: false, ratio: null, median_cost: null, session_count: 0, ...given.outlier },
  total: given.total === undefined ? "1.2665" : given.total,
});
const output = { component: "ai_tokens", resource_type: "output", provider: "anthropic", model: "claude-opus-5", quantity: 5, amount: "1", share: 0.72 };

test("the largest driver is named first", () => {
  expect(costSentence(told({ drivers: [output] }))).toBe("72.0\u202f% of this session's cost is output of claude-opus-5.");
  expect(costSentence(told({ drivers: [{ ...output, model: "", resource_type: "declared", component: "compute_time" }] }))).toContain("is compute time as its sender stated.");
  expect(costSentence(told({ drivers: [{ ...output, model: "", resource_type: "rows_read" }] }))).toBe("72.0\u202f% of this session's cost is rows read.");
});

test("the cache is praised or blamed by what it did", () => {
  expect(costSentence(told({ drivers: [output], figures: { cache_hit_rate: 0.91, cache_savings: "0.52" } }))).toContain("The cache served 91.0\u202f% of the input and saved $0.5200.");
  expect(costSentence(told({ figures: { cache_hit_rate: 0.1, cache_savings: "-0.5" } }))).toContain("its writes cost $0.5000 more than it saved");
  expect(costSentence(told({ figures: { cache_hit_rate: 0.1 } }))).toContain("of the input.");
});

test("what has no price is said, and a free session is free", () => {
  expect(costSentence(told({ total: null, figures: { unpriced_count: 1 } }))).toBe("Nothing of this session has a price yet. 1 interaction has no price and is not in the total.");
  expect(costSentence(told({ figures: { unpriced_count: 2 } }))).toBe("This session cost $1.27. 2 interactions have no price and are not in the total.");
  expect(costSentence(told({ total: "0" }))).toBe("This session cost nothing.");
});

test("an outlier is measured against its user's median", () => {
  expect(costSentence(told({ drivers: [output], outlier: { is_outlier: true, ratio: 3.41, median_cost: "0.40", session_count: 12 } }))).toContain("It cost 3.4 times the median of this user's last 12 sessions ($0.4000).");
});
