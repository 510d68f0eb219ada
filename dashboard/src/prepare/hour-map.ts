/** Use by weekday and hour: a step of the scale for each cell. */
import type { UserStats } from "../api/model.ts";

/** A cell: how often, and which of the scale's steps (0 is none). */
export type HourCell = { count: number; step: number };

/** The number of colours of the scale. */
export const heatSteps = 8;

/** Seven rows of 24 cells, Monday first; the busiest cell has the last step. */
export function prepareHourMap(hours: UserStats["hours"]): HourCell[][] {
  const most = Math.max(0, ...hours.map(({ interaction_count }) => interaction_count));
  const rows = Array.from({ length: 7 }, () => Array.from({ length: 24 }, (): HourCell => ({ count: 0, step: 0 })));
  for (const { weekday, hour, interaction_count } of hours) {
    const cell = rows[weekday - 1]?.[hour];
    if (cell === undefined || interaction_count === 0) continue;
    cell.count = interaction_count;
    cell.step = Math.max(1, Math.ceil((interaction_count / most) * heatSteps));
  }
  return rows;
}
