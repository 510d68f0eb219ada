import assert from "node:assert/strict";
import { test } from "node:test";
import { failingTests, failureLines } from "../../scripts/failing-tests.ts";

const cases: [runner: string, output: string, lines: string[]][] = [
  [
    "cargo",
    "test sums::adds ... FAILED\n\nfailures:\n\n---- sums::adds stdout ----\nprinted by the test\n\nthread 'sums::adds' (7834) panicked at src/lib.rs:2:25:\nassertion `left == right` failed\n  left: 1\n right: 2\n\n---- sums::reads stdout ----\nError: \"no file\"\n\n\nfailures:\n    sums::adds\n    sums::reads\n\ntest result: FAILED. 1 passed; 2 failed",
    ["  ✗ check: sums::adds: assertion `left == right` failed left: 1", '  ✗ check: sums::reads: "no file"'],
  ],
  [
    "node",
    "✖ a sum is right (0.9ms)\n▶ outer\n  ✖ an inner one (9.4ms)\n✖ outer (12.6ms)\nℹ pass 1\nℹ fail 2\n\n✖ failing tests:\n\ntest at tests/a.test.ts:2:1\n✖ a sum is right (0.910087ms)\n  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n  \n  2 !== 3\n  \n      at TestContext.<anonymous>\n\ntest at tests/a.test.ts:3:27\n✖ an inner one (9.441382ms)\n  Error: no answer\n      at TestContext.<anonymous>",
    ["  ✗ check: tests/a.test.ts:2 a sum is right: Expected values to be strictly equal: 2 !== 3", "  ✗ check: tests/a.test.ts:3 an inner one: no answer"],
  ],
  [
    "vitest",
    "\u001b[41m\u001b[1m FAIL \u001b[22m\u001b[49m \u001b[30m\u001b[46m browser (chromium) \u001b[49m\u001b[39m src/a.test.tsx\u001b[2m > \u001b[22mthe page\u001b[2m > \u001b[22mis there\n\u001b[31m\u001b[1mAssertionError\u001b[22m: expected [ 1, 2 ] to deeply equal [ 1 ]\u001b[39m\n\n- Expected\n",
    ["  ✗ check: src/a.test.tsx > the page > is there: expected [ 1, 2 ] to deeply equal [ 1 ]"],
  ],
  [
    "playwright",
    "  ✘  1 e2e/a.spec.ts:2:1 › the page › is there (967ms)\n\n\n  1) e2e/a.spec.ts:2:1 › the page › is there ─────\n\n    Test timeout of 45000ms exceeded.\n\n    Error: expect(locator).toBeVisible() failed\n\n    Locator: getByText('there')\n    Expected: visible\n\n  1 failed\n    e2e/a.spec.ts:2:1 › the page › is there ─────\n",
    ["  ✗ check: e2e/a.spec.ts:2:1 › the page › is there: expect(locator).toBeVisible() failed Locator: getByText('there')"],
  ],
];

for (const [runner, output, lines] of cases) {
  test(`the tests that fail under ${runner} are named with the first words of the reason`, () => {
    assert.deepEqual(failureLines("check", failingTests(output)), lines);
  });
}

test("the output of tests that pass names none", () => {
  assert.deepEqual(failingTests("test sums::adds ... ok\n✔ a sum is right (0.9ms)\n  ✓  1 e2e/a.spec.ts:2:1 › is there (967ms)\n  1 passed (2s)"), []);
});

test("a line of the summary stays short, and so does the list of a check", () => {
  const lines = failureLines("check", Array.from({ length: 13 }, (_, index) => ({ name: `${index} ${"n".repeat(300)}`, message: "m".repeat(300) })));
  assert.equal(lines.length, 11);
  assert.ok(lines.every((line) => line.length <= 190));
  assert.equal(lines.at(-1), "  ✗ check: 3 more");
});
