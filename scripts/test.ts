// `make test`: every check and test, cheap ones first; one summary at the end.
// ONLY=rust-tests,integration runs some of them.
import { join } from "node:path";
import { availableParallelism } from "node:os";
import { buildDashboard } from "./build-dashboard.ts";
import { buildRuntimeCases, buildWorkers } from "./build-workers.ts";
import { failingTests, failureLines, type FailingTest } from "./failing-tests.ts";
import { installChromium } from "./install-chromium.ts";
import { installRustParts } from "./install-tools.ts";
import { chosenByOnly } from "./only.ts";
import { endRunningCommands, runCommand, runScript, seconds, StepError } from "./steps.ts";
import { countTests, type TestCounts } from "./test-counts.ts";

interface Check {
  name: string;
  what: string;
  run: () => Promise<string>;
}

const wasmPackages = ["edge", "analytics-tracker", "analytics-api", "pricing-sync", "runtime-cases"].flatMap((name) => ["-p", name]);
const warningsAreErrors = ["--", "-D", "warnings"];

const command = (title: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) => (): Promise<string> =>
  runCommand(program, args, { title, remedy: "mend what is named above.", env: { ...process.env, ...env } });

/** Commands one after the other, up to the first that fails. */
const commands = (title: string, ...lines: string[]) => command(title, "sh", ["-c", lines.join(" && ")]);

/** A script of the dashboard's own. */
const dashboard = (script: string) => command(`dashboard ${script}`, "npm", ["run", script, "--workspace", "dashboard"]);

const checks: Check[] = [
  { name: "format", what: "cargo fmt --check", run: command("format", "cargo", ["fmt", "--all", "--check"]) },
  {
    name: "tooling",
    what: "scripts and tests: types, lint, unit tests",
    run: commands(
      "tooling",
      "tsc --noEmit -p scripts",
      "tsc --noEmit -p tests",
      "tsc --noEmit -p tests/bench/comparison-worker",
      "oxlint --deny-warnings scripts tests",
      "node --test 'tests/tooling/*.test.ts'",
    ),
  },
  { name: "contracts", what: "OpenAPI, and the routes in the code", run: commands("contracts", "node tests/contract/lint.ts", "node --test 'tests/contract/*.test.ts'") },
  { name: "dashboard-check", what: "TypeScript and lint of the dashboard", run: async () => `${await dashboard("check")()}${await dashboard("lint")()}` },
  { name: "clippy", what: "clippy -D warnings, host", run: command("clippy", "cargo", ["clippy", "--workspace", "--all-targets", "--locked", ...warningsAreErrors]) },
  { name: "clippy-wasm", what: "clippy -D warnings, Wasm", run: command("clippy wasm", "cargo", ["clippy", ...wasmPackages, "--target", "wasm32-unknown-unknown", "--locked", ...warningsAreErrors]) },
  { name: "rust-tests", what: "every crate on the host", run: command("rust tests", "cargo", ["test", "--workspace", "--locked", "--no-fail-fast"]) },
  { name: "dashboard-unit", what: "the dashboard's unit tests", run: async () => dashboardTests(await installChromium(), "test") },
  { name: "build", what: "Workers to Wasm, dashboard", run: buildAll },
  { name: "integration", what: "Workers in workerd with a real D1", run: commands("integration", "node --test --test-concurrency=2 'tests/integration/*.test.ts'") },
  { name: "dashboard-e2e", what: "the dashboard in Chromium", run: async () => dashboardTests(await installChromium(), "test:e2e") },
];

async function buildAll(): Promise<string> {
  await buildWorkers();
  await buildRuntimeCases();
  await buildDashboard();
  return "";
}

function dashboardTests(chromium: string, script: string): Promise<string> {
  return command(`dashboard ${script}`, "npm", ["run", script, "--workspace", "dashboard"], { CHROMIUM_PATH: chromium, CI: "1" })();
}

interface Outcome extends TestCounts {
  name: string;
  durationMs: number;
  isOk: boolean;
  failing: FailingTest[];
}

await runScript(async () => {
  const started = Date.now();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      endRunningCommands();
      process.exit(130);
    });
  }
  await installRustParts();
  const outcomes: Outcome[] = [];
  for (const check of chosenByOnly(checks)) outcomes.push(await runCheck(check));
  printSummary(outcomes, Date.now() - started);
  if (outcomes.some((outcome) => !outcome.isOk)) process.exit(1);
});

/** A failing check does not hide what the later ones would find. */
async function runCheck(check: Check): Promise<Outcome> {
  const started = Date.now();
  console.log(`• ${check.name}: ${check.what}`);
  const { name } = check;
  try {
    const counts = countTests(await check.run());
    const durationMs = Date.now() - started;
    console.log(`    ok in ${seconds(durationMs)}${counts.passed > 0 ? `, ${counts.passed} tests` : ""}`);
    return { name, ...counts, durationMs, isOk: counts.failed === 0, failing: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`✗ ${message}`);
    const output = error instanceof StepError && error.output !== "" ? error.output : message;
    const counts = countTests(output);
    return { name, ...counts, failed: Math.max(1, counts.failed), durationMs: Date.now() - started, isOk: false, failing: failingTests(output) };
  }
}

/** The last thing on the screen, and all that is left of a long log: short, with what failed at its end. */
function printSummary(outcomes: readonly Outcome[], durationMs: number): void {
  console.log(`\nWhat ran (${availableParallelism()} cores, ${seconds(durationMs)}):`);
  for (const outcome of outcomes) {
    const counts = outcome.passed + outcome.failed + outcome.skipped === 0
      ? ""
      : `${outcome.passed} passed${outcome.failed > 0 ? `, ${outcome.failed} failed` : ""}${outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : ""}`;
    console.log(`  ${outcome.isOk ? "✓" : "✗"} ${outcome.name.padEnd(16)} ${seconds(outcome.durationMs).padStart(7)}  ${counts}`);
  }
  const sum = (field: "passed" | "failed" | "skipped"): number => outcomes.reduce((total, outcome) => total + outcome[field], 0);
  const failedChecks = outcomes.filter((outcome) => !outcome.isOk).map((outcome) => outcome.name);
  const lines = outcomes.flatMap(({ name, failing }) => failureLines(name, failing));
  if (lines.length > 0) console.log(`\n${lines.join("\n")}`);
  if (failedChecks.length > 0) console.log(`${lines.length > 0 ? "" : "\n"}Failed: ${failedChecks.join(", ")}. Their whole output lies in ${join(".dev", "logs")}.`);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed${sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : ""}`);
}
