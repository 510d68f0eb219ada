import assert from "node:assert/strict";
import { test } from "node:test";
import { countTests } from "../../scripts/test-counts.ts";

const cases: [runner: string, output: string, expected: [passed: number, failed: number, skipped: number]][] = [
  ["cargo", "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n…\ntest result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured", [15, 2, 1]],
  ["node", "ℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0", [2, 1, 1]],
  ["vitest", " Test Files  1 failed | 9 passed (10)\n      Tests  2 failed | 40 passed (42)", [40, 2, 0]],
  ["vitest in colour", "\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m40 passed\u001b[39m\u001b[22m\u001b[90m (40)\u001b[39m", [40, 0, 0]],
  ["playwright", "  1 failed\n    [chromium] › a.spec.ts\n  2 skipped\n  12 passed (3.4s)", [12, 1, 2]],
];

for (const [runner, output, [passed, failed, skipped]] of cases) {
  test(`the closing lines of ${runner} are counted`, () => {
    assert.deepEqual(countTests(output), { passed, failed, skipped });
  });
}
