import { expect, test } from "vitest";
import type { Interaction } from "../api/model.ts";
import { prepareTimeline } from "./session-timeline.ts";

const one = (given: Partial<Interaction>) => ({ id: "i", timestamp: "2026-11-18T09:00:00.000Z", type: "chat", status: "ok", duration_ms: 1000, total_cost: "1", cumulative_cost: "1", ...given }) as Interaction;

test("each kind of work has a row, chat first", () => {
  const { lanes, start, end } = prepareTimeline([one({ id: "a", type: "db" }), one({ id: "b", timestamp: "2026-11-18T09:00:05.000Z", status: "error", total_cost: null })]);
  expect(lanes.map(({ name, bars }) => [name, bars.map(({ id, index, failed, unpriced }) => [id, index, failed, unpriced])])).toEqual([
    ["Chat", [["b", 1, true, true]]],
    ["Database", [["a", 0, false, false]]],
  ]);
  expect(end - start).toBe(6000);
});

test("what was spent never falls, also when work finishes out of order", () => {
  const { points, cost } = prepareTimeline([one({ duration_ms: 9000, cumulative_cost: "1" }), one({ timestamp: "2026-11-18T09:00:01.000Z", duration_ms: 1000, cumulative_cost: "3" })]);
  expect(points.map((point) => point.cost)).toEqual([3, 3]);
  expect(cost).toBe(3);
});

test("an empty session and a single moment have a width", () => {
  expect(prepareTimeline([])).toEqual({ lanes: [], points: [], start: 0, end: 1, cost: 0 });
  const { start, end } = prepareTimeline([one({ duration_ms: null })]);
  expect(end - start).toBe(1);
});
