import { expect, test } from "vitest";
import { isRate, priceTrial } from "./price-trial.ts";

test("a trial multiplies exactly", () => {
  expect(priceTrial({ input: 1_200_000, output: 3 }, [{ resource: "input", rate: "0.25", per: 1_000_000 }, { resource: "output", rate: "15", per: 1_000_000 }])).toEqual([
    { resource: "input", quantity: 1_200_000, amount: "0.3" },
    { resource: "output", quantity: 3, amount: "0.000045" },
  ]);
});

test("what was not used or has no rate yet is left out", () => {
  expect(priceTrial({ input: 5 }, [{ resource: "output", rate: "1", per: 1 }, { resource: "input", rate: "", per: 1 }])).toEqual([]);
});

test("a rate is a plain decimal", () => {
  expect(["0", "0.25", "15", "1e3", "-1", ".5", "", "1,5"].map(isRate)).toEqual([true, true, true, false, false, false, false, false]);
});
