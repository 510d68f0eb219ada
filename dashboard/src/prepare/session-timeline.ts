/** One session over time: a row for each kind of work, and the cost that adds up above them. */
import type { Interaction } from "../api/model.ts";
import { position } from "./decimal.ts";
import { typeName } from "./group-name.ts";

/** A bar of the timeline. */
export type TimelineBar = { id: string; index: number; from: number; to: number; failed: boolean; unpriced: boolean };
/** The bars of one kind. */
export type TimelineLane = { type: string; name: string; bars: TimelineBar[] };
/** A point of the cost that adds up. */
export type CostPoint = { time: number; cost: number };
/** The whole picture, times in unix milliseconds. */
export type Timeline = { lanes: TimelineLane[]; points: CostPoint[]; start: number; end: number; cost: number };

/** Work whose length is unknown is drawn as a moment. */
const order = ["chat", "api", "db", "cost-event"];

/** Lays a session's interactions out; their costs so far come from the API. */
export function prepareTimeline(interactions: readonly Interaction[]): Timeline {
  const lanes = new Map<string, TimelineBar[]>();
  const points: CostPoint[] = [];
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  interactions.forEach((interaction, index) => {
    const from = Date.parse(interaction.timestamp);
    const to = from + (interaction.duration_ms ?? 0);
    start = Math.min(start, from);
    end = Math.max(end, to);
    const bars = lanes.get(interaction.type) ?? [];
    bars.push({ id: interaction.id, index, from, to, failed: interaction.status === "error", unpriced: interaction.total_cost === null });
    lanes.set(interaction.type, bars);
    points.push({ time: to, cost: position(interaction.cumulative_cost) });
  });
  if (interactions.length === 0) return { lanes: [], points: [], start: 0, end: 1, cost: 0 };
  points.sort((a, b) => a.time - b.time || a.cost - b.cost);
  // Overlapping work may finish out of order; what was spent never falls.
  let highest = 0;
  for (const point of points) {
    highest = Math.max(highest, point.cost);
    point.cost = highest;
  }
  const sorted = [...lanes].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return { lanes: sorted.map(([type, bars]) => ({ type, name: typeName(type), bars })), points, start, end: Math.max(end, start + 1), cost: highest };
}
