// Reads how many tests ran from what the runners print.

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Each runner's closing lines; a run may have many of them (cargo prints one for each crate). */
const closingLines: readonly { line: RegExp; read: (match: RegExpExecArray) => TestCounts }[] = [
  {
    // cargo test
    line: /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm,
    read: ([, passed, failed, ignored]) => ({ passed: Number(passed), failed: Number(failed), skipped: Number(ignored) }),
  },
  {
    // node --test
    line: /^ℹ pass (\d+)\nℹ fail (\d+)\nℹ cancelled (\d+)\nℹ skipped (\d+)/gm,
    read: ([, passed, failed, cancelled, skipped]) => ({ passed: Number(passed), failed: Number(failed) + Number(cancelled), skipped: Number(skipped) }),
  },
  {
    // vitest: "Tests  2 failed | 40 passed (42)"
    line: /^\s*Tests\s+(?:(\d+) failed \| )?(?:(\d+) passed)?(?: \| (\d+) skipped)?/gm,
    read: ([, failed = "0", passed = "0", skipped = "0"]) => ({ passed: Number(passed), failed: Number(failed), skipped: Number(skipped) }),
  },
  {
    // playwright: "  1 failed" … "  12 passed (3.4s)"
    line: /^\s{2}(\d+) (passed|failed|flaky|skipped)\b/gm,
    read: ([, count, kind]) => ({
      passed: kind === "passed" ? Number(count) : 0,
      failed: kind === "failed" || kind === "flaky" ? Number(count) : 0,
      skipped: kind === "skipped" ? Number(count) : 0,
    }),
  },
];

/** The same text as a terminal without colours shows it. */
export function withoutColour(output: string): string {
  // oxlint-disable-next-line no-control-regex -- runners colour what they print.
  return output.replaceAll(/\u001b\[[0-9;]*m/g, "");
}

export function countTests(output: string): TestCounts {
  const plain = withoutColour(output);
  const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  for (const { line, read } of closingLines) {
    for (const match of plain.matchAll(line)) {
      const counts = read(match as RegExpExecArray);
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped += counts.skipped;
    }
  }
  return total;
}
