import assert from "node:assert/strict";
import { test } from "node:test";
import { type Check, runChecks } from "../../scripts/run-checks.ts";

/** Checks that note when they begin and end. */
function noted(log: string[], name: string, more: Partial<Check> = {}): Check {
  return {
    name,
    what: "a check of a test",
    async run() {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      log.push(`${name} ends`);
      return "test result: ok. 2 passed; 0 failed; 1 ignored";
    },
    ...more,
  };
}

test("checks run beside each other, as many as fit, and are told in their own order", async () => {
  const log: string[] = [];
  const outcomes = await runChecks([noted(log, "a"), noted(log, "b"), noted(log, "c")], 2);
  assert.deepEqual(log.slice(0, 2), ["a begins", "b begins"]);
  assert.ok(log.indexOf("c begins") > log.indexOf("a ends"));
  assert.deepEqual(outcomes.map(({ name, passed, skipped, isOk }) => [name, passed, skipped, isOk]), [["a", 2, 1, true], ["b", 2, 1, true], ["c", 2, 1, true]]);
});

test("what needs the same thing takes turns, and what comes after something waits for it", async () => {
  const log: string[] = [];
  await runChecks([noted(log, "late", { after: ["build"] }), noted(log, "a", { uses: "cargo" }), noted(log, "b", { uses: "cargo" }), noted(log, "build")], 4);
  assert.ok(log.indexOf("b begins") > log.indexOf("a ends"));
  assert.ok(log.indexOf("late begins") > log.indexOf("build ends"));
});

test("a check that waits for one that was not chosen does not wait", async () => {
  const log: string[] = [];
  await runChecks([noted(log, "late", { after: ["build"] })], 2);
  assert.deepEqual(log, ["late begins", "late ends"]);
});

test("a failing check hides none of the others, nor what waits for it", async () => {
  const log: string[] = [];
  const failing: Check = { name: "build", what: "fails", run: () => Promise.reject(new Error("---- sums::adds_up stdout ----\nassertion failed: 2 is not 3\n")) };
  const outcomes = await runChecks([failing, noted(log, "late", { after: ["build"] })], 2);
  assert.deepEqual(outcomes.map(({ name, isOk, failed }) => [name, isOk, failed]), [["build", false, 1], ["late", true, 0]]);
  assert.equal(outcomes[0]!.failing[0]!.name, "sums::adds_up");
});
