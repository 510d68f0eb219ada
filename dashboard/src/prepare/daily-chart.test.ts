import { describe, expect, test } from "vitest";
import type { DailyStats } from "../api/model.ts";
import { daily, today } from "../testing/sample-ledger.ts";
import { chartSentence } from "./chart-sentence.ts";
import { chartBuckets, chartMarks, chartSeries, dailyStack, figure, fittingMetric, metricForms, otherKey, projectedDays } from "./daily-chart.ts";
import { exactSum } from "./decimal.ts";

const month = "start_date=2026-11-01&end_date=2026-11-23";
const stats = (query = `${month}&group_by=model&compare=last_month`) => daily(new URLSearchParams(query));

describe("a chart over time", () => {
  test("has the API's series in their own colours, and Other last in grey", () => {
    const series = chartSeries(stats());
    expect(series.map(({ slot }) => slot)).toEqual([1, 2, 3, 4, 5, 6, null]);
    expect(series.at(-1)).toMatchObject({ key: otherKey, name: "Other (2)" });
    expect(chartSeries({ ...stats(), other: null })).toHaveLength(6);
    expect(chartSeries(stats(month))).toEqual([expect.objectContaining({ name: "All", slot: 1 })]);
  });

  test("stacks what adds up to each bucket's total", () => {
    for (const { values, total } of chartBuckets(stats(), "cost", true)) {
      expect(exactSum(Object.values(values).map((value) => value ?? "0"))).toBe(total);
    }
  });

  test("measures tokens, interactions and failures as well", () => {
    const [first] = chartBuckets(stats(), "tokens", true);
    expect(first?.previous).toBe("5000000");
    expect(first?.unpriced).toBe(0);
    expect(chartBuckets(stats(), "interactions", true)[0]?.previous).toBe("500");
    expect(chartBuckets(stats(), "errors", true)[0]?.previous).toBe("4");
    expect(chartBuckets(stats(), "cost", false)[0]?.previous).toBeNull();
    expect((["cost", "tokens", "interactions", "errors"] as const).map((metric) => metricForms[metric].format(figure(stats().total, metric)))).toEqual(["$790.88", "77\u202fM", "17,733", "142"]);
    expect((["tokens", "interactions", "errors"] as const).map((metric) => metricForms[metric].format(null))).toEqual(["—", "—", "—"]);
  });

  test("splits cost by component and tokens by type, whatever was asked", () => {
    expect(fittingMetric("tokens", "component")).toBe("cost");
    expect(fittingMetric("cost", "token_type")).toBe("tokens");
    expect(fittingMetric("errors", "model")).toBe("errors");
  });

  test("a sum that a split does not have is unknown, not zero", () => {
    const bare = { total_cost: null, interaction_count: null, error_count: null, unpriced_count: null, token_count: null };
    const one = stats();
    const split: DailyStats = { ...one, other: null, series: one.series.slice(0, 1).map((series) => ({ ...series, values: series.values.map(() => bare) })) };
    for (const metric of ["cost", "tokens", "interactions", "errors"] as const) expect(Object.values(chartBuckets(split, metric, true)[0]?.values ?? {})).toEqual([null]);
  });

  test("an hour is read in the reporting zone", () => {
    const hourly: DailyStats = { ...stats(), granularity: "hour" };
    expect(chartBuckets(hourly, "cost", true)[0]?.start).toBe("2026-11-01T00:00+01:00");
    expect(chartSentence(hourly, "cost", today)).toMatch(/highest Nov 13, 00:00/);
  });
});

describe("what lies ahead", () => {
  test("is shown for the running month only", () => {
    expect(projectedDays(stats(), today, "cost").map(({ start }) => start)).toEqual(["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30"]);
    expect(projectedDays(stats(), today, "tokens")).toEqual([]);
    expect(projectedDays(stats("start_date=2026-11-01&end_date=2026-11-22"), today, "cost")).toEqual([]);
    expect(projectedDays(stats("start_date=2026-10-28&end_date=2026-11-23"), today, "cost")).toEqual([]);
    expect(projectedDays({ ...stats(), forecast: { ...stats().forecast, available: false } }, today, "cost")).toEqual([]);
  });

  test("gives the scale room", () => {
    const { stack, ahead } = dailyStack(stats(month), "cost", today);
    expect(stack.max).toBeGreaterThanOrEqual(Math.max(...ahead.map(({ amount }) => Number(amount))));
    expect(stack.columns[0]?.bucket.previous).toBeNull();
  });
});

test("price changes stand in their bucket, several together", () => {
  const one = stats();
  expect(chartMarks(one)).toEqual([{ bucket: 16, text: "price change: claude-opus-5" }]);
  const [mark] = one.marks;
  if (mark === undefined) throw new Error("the sample has a mark");
  expect(chartMarks({ ...one, marks: [mark, { ...mark, model: "gpt-5.4" }, { ...mark, time: "2020-01-01T00:00:00.000Z" }] })).toEqual([{ bucket: 16, text: "2 price changes" }]);
});

describe("the sentence", () => {
  test("says the whole, the highest bucket, the first series and what is missing", () => {
    expect(chartSentence(stats(), "cost", today)).toBe("Spend per day, Nov 1–23: $790.88, highest Fri, Nov 13 with $55.68; claude-opus-5 45.3\u202f%. 312 interactions without a price are not in it.");
    expect(chartSentence({ ...stats(), coverage: { ...stats().coverage, unpriced_interactions: 1 } }, "cost", today)).toMatch(/1 interaction without a price is not in it\.$/);
  });

  test("says less where there is less", () => {
    expect(chartSentence(stats(month), "interactions", today)).toBe("Interactions per day, Nov 1–23: 17,733, highest Fri, Nov 13 with 1,248.");
    expect(chartSentence(stats("start_date=2026-11-18&end_date=2026-11-18"), "tokens", today)).toMatch(/^Tokens per day, Wed, Nov 18: [\d.]+\u202fM\.$/);
  });
});
