import { expect, test } from "vitest";
import { isRate, mergeTrials } from "./price-trial.ts";

const trial = (interaction_count: number, months: [string, string][], is_complete = true) => ({
  interaction_count, priced_count: 0, cost_before: "0", cost_after: "0", cost_difference: months.reduce((sum, [, amount]) => String(Number(sum) + Number(amount)), "0"), examples: [], is_complete,
  months: months.map(([month, cost_difference]) => ({ month, interaction_count, cost_difference })),
});

test("the dry runs of a model's prices add up by month and in whole", () => {
  expect(mergeTrials([trial(312, [["2026-11", "2.5"], ["2026-10", "0.25"]]), trial(300, [["2026-11", "1.5"]])])).toEqual({
    interactionCount: 312, difference: "4.25", months: [{ month: "2026-10", difference: "0.25" }, { month: "2026-11", difference: "4" }], isComplete: true,
  });
  expect(mergeTrials([trial(1, [], false), trial(0, [])])).toEqual({ interactionCount: 1, difference: "0", months: [], isComplete: false });
  expect(mergeTrials([]).interactionCount).toBe(0);
});

test("a rate is a plain decimal", () => {
  expect(["0", "0.25", "15", "1e3", "-1", ".5", "", "1,5"].map(isRate)).toEqual([true, true, true, false, false, false, false, false]);
});
