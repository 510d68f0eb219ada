import { expect, test } from "vitest";
import { prepareHourMap } from "./hour-map.ts";

test("the busiest hour has the last step, any use at least the first", () => {
  const rows = prepareHourMap([
    { weekday: 1, hour: 9, interaction_count: 400 },
    { weekday: 7, hour: 23, interaction_count: 1 },
    { weekday: 3, hour: 5, interaction_count: 0 },
  ]);
  expect(rows[0]?.[9]).toEqual({ count: 400, step: 8 });
  expect(rows[6]?.[23]).toEqual({ count: 1, step: 1 });
  expect(rows[2]?.[5]).toEqual({ count: 0, step: 0 });
  expect(rows.flat()).toHaveLength(168);
});

test("a cell outside the week is left out, and nothing is nothing", () => {
  expect(prepareHourMap([{ weekday: 9, hour: 1, interaction_count: 1 }]).flat().every(({ step }) => step === 0)).toBe(true);
  expect(prepareHourMap([]).flat().every(({ count }) => count === 0)).toBe(true);
});
