import { expect, test } from "vitest";
import { daily, today } from "../testing/sample-ledger.ts";
import { cumulativeAhead, cumulativeBuckets } from "./cumulative.ts";
import { chartBuckets, dailyStack } from "./daily-chart.ts";
import { exactSum } from "./decimal.ts";

const stats = daily(new URLSearchParams("start_date=2026-11-01&end_date=2026-11-23&group_by=model&compare=last_month"));

test("a running sum ends at the API's total, to the last digit, in whole and in every part", () => {
  const plain = chartBuckets(stats, "cost", true);
  const running = cumulativeBuckets(plain);
  const last = running.at(-1);
  expect(last?.total).toBe(stats.total.total_cost);
  expect(exactSum(Object.values(last?.values ?? {}).map((value) => value ?? "0"))).toBe(stats.total.total_cost);
  expect(last?.previous).toBe(exactSum(plain.flatMap(({ previous }) => (previous === null ? [] : [previous]))));
  expect(last?.unpriced).toBe(plain.reduce((sum, { unpriced }) => sum + unpriced, 0));
});

test("an unknown amount adds nothing and loses nothing that came before", () => {
  const bucket = { start: "2026-11-01", complete: true, previous: null, unpriced: 0 };
  const running = cumulativeBuckets([{ ...bucket, total: "1.5", values: { a: "1.5" } }, { ...bucket, total: "0", values: { a: null }, unpriced: 3 }, { ...bucket, total: "0.25", values: { a: "0.25" } }]);
  expect(running.map(({ total, values, unpriced }) => [total, values.a, unpriced])).toEqual([["1.5", "1.5", 0], ["1.5", "1.5", 3], ["1.75", "1.75", 3]]);
});

test("the projection counts on from today", () => {
  expect(cumulativeAhead([{ start: "2026-11-24", amount: "2" }, { start: "2026-11-25", amount: "0.5" }], "10")).toEqual([{ start: "2026-11-24", amount: "12" }, { start: "2026-11-25", amount: "12.5" }]);
  const { stack, ahead } = dailyStack(stats, "cost", today, true);
  expect(Number(ahead.at(-1)?.amount)).toBeGreaterThan(Number(stack.columns.at(-1)?.bucket.total));
  expect(stack.max).toBeGreaterThanOrEqual(Number(ahead.at(-1)?.amount));
});
