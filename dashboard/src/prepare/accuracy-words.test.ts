import { expect, test } from "vitest";
import { checkName, doubtText } from "./accuracy-words.ts";

test("a check is a sentence, and an unknown one keeps its name", () => {
  expect(checkName("gaps_equal_active_days")).toBe("Distinct sessions and users are counted alike in both ways");
  expect(checkName("something_new")).toBe("something new");
});

test("the reason of a waiting price can be understood", () => {
  expect(doubtText("a cache write at the price of a cache read, below a part of 3 of the input's price")).toMatch(/less than 1\/3 of plain input/);
  expect(doubtText("changed by more than a factor of 3: from 5 to 50 picodollars")).toBe("It changed by more than 3 times.");
  expect(doubtText("fell to zero")).toMatch(/^It fell to zero/);
  expect([doubtText("a factor of 9/1 is above 3 or below a part of it"), doubtText("400 dollars per million tokens is above 300"), doubtText("1 picodollars per 1 is above 9 dollars for one")]).toEqual(["A multiplier of 9/1 is unusual.", "400 dollars for 1 million tokens is more than any model costs.", "It is more for one call than anything costs."]);
  expect([doubtText(null), doubtText("odd")]).toEqual(["—", "odd"]);
});
