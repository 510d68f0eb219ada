// Runs checks beside each other where they leave each other alone. A failing check hides none of the others.
import { failingTests, type FailingTest } from "./failing-tests.ts";
import { seconds, StepError } from "./steps.ts";
import { countTests, type TestCounts } from "./test-counts.ts";

export interface Check {
  name: string;
  what: string;
  /** Checks that must be over, if they run at all, before this one starts. */
  after?: readonly string[];
  /** What only one check at a time may use, for example a folder that cargo locks. */
  uses?: string;
  /** Answers with what was printed. */
  run: () => Promise<string>;
}

export interface Outcome extends TestCounts {
  name: string;
  durationMs: number;
  isOk: boolean;
  failing: FailingTest[];
}

/** At most `width` at once, each as soon as it may, in the order of the list; the outcomes are in that order too. */
export async function runChecks(checks: readonly Check[], width: number): Promise<Outcome[]> {
  const waiting = [...checks];
  const running = new Map<Check, Promise<void>>();
  const outcomes = new Map<string, Outcome>();
  const isFree = (check: Check): boolean =>
    [...waiting, ...running.keys()].every((other) => !(check.after ?? []).includes(other.name))
    && [...running.keys()].every((other) => check.uses === undefined || other.uses !== check.uses);
  while (waiting.length + running.size > 0) {
    const next = running.size < width ? waiting.find(isFree) : undefined;
    if (next === undefined) {
      if (running.size === 0) throw new Error(`these checks wait for each other: ${waiting.map(({ name }) => name).join(", ")}`);
      await Promise.race(running.values());
      continue;
    }
    waiting.splice(waiting.indexOf(next), 1);
    running.set(next, runCheck(next).then((outcome) => {
      outcomes.set(next.name, outcome);
      running.delete(next);
      const { isOk, durationMs, passed } = outcome;
      console.log(`  ${isOk ? "✓" : "✗"} ${next.name} in ${seconds(durationMs)}${passed > 0 ? `, ${passed} tests` : ""} (${outcomes.size} of ${checks.length} done)`);
    }));
  }
  return checks.map(({ name }) => outcomes.get(name)!);
}

async function runCheck({ name, what, run }: Check): Promise<Outcome> {
  const started = Date.now();
  console.log(`• ${name}: ${what}`);
  try {
    const counts = countTests(await run());
    return { name, ...counts, durationMs: Date.now() - started, isOk: counts.failed === 0, failing: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`✗ ${message}`);
    const output = error instanceof StepError && error.output !== "" ? error.output : message;
    const counts = countTests(output);
    return { name, ...counts, failed: Math.max(1, counts.failed), durationMs: Date.now() - started, isOk: false, failing: failingTests(output) };
  }
}
