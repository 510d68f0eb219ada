// `make test`: every check and test, cheap ones first, two beside each other; one summary at the end.
// ONLY=rust-tests,integration runs some of them. FULL=1 leaves nothing to chance and takes three times as
// long: all cases of the generated tests, the Workers as they are deployed, clippy for Wasm.
import { join } from "node:path";
import { availableParallelism } from "node:os";
import { buildDashboard } from "./build-dashboard.ts";
import { buildTestedWorkers } from "./build-workers.ts";
import { failureLines } from "./failing-tests.ts";
import { installChromium } from "./install-chromium.ts";
import { installRustParts } from "./install-tools.ts";
import { chosenByOnly } from "./only.ts";
import { type Check, type Outcome, runChecks } from "./run-checks.ts";
import { endRunningCommands, runCommand, runScript, seconds } from "./steps.ts";

const isFull = (process.env["FULL"] ?? "0") !== "0";
/** Histories and inputs that a generated test tries: proptest's own default in full. */
const proptestCases = process.env["PROPTEST_CASES"] ?? (isFull ? "256" : "32");
const chaosSeeds = process.env["SEEDS"] ?? (isFull ? "20" : "2");

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
  // First of the long ones: the tests in workerd and in the browser wait for it.
  { name: "build", what: `Workers to Wasm (${isFull ? "as deployed" : "quick"}), dashboard`, uses: "cargo for Wasm", run: buildAll },
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
  { name: "clippy", what: "clippy -D warnings, host", uses: "cargo", run: command("clippy", "cargo", ["clippy", "--workspace", "--all-targets", "--locked", ...warningsAreErrors]) },
  { name: "rust-tests", what: `every crate on the host (${proptestCases} cases)`, uses: "cargo", run: command("rust tests", "cargo", ["test", "--workspace", "--locked", "--no-fail-fast"], { PROPTEST_CASES: proptestCases }) },
  { name: "dashboard-unit", what: "the dashboard's unit tests", run: async () => dashboardTests(await installChromium(), "test") },
  {
    name: "integration",
    what: `Workers in workerd with a real D1 (${chaosSeeds} seeds of kills)`,
    after: ["build"],
    run: command("integration", "node", ["--test", "--test-concurrency=2", "tests/integration/*.test.ts"], { SEEDS: chaosSeeds }),
  },
  {
    name: "librechat",
    what: "the package for LibreChat, against the Workers",
    after: ["build"],
    run: commands("librechat", "npm run check --workspace @tokentill/librechat", "npm test --workspace @tokentill/librechat"),
  },
  { name: "dashboard-e2e", what: "the dashboard in Chromium", after: ["build"], run: async () => dashboardTests(await installChromium(), "test:e2e") },
];

/** The code has no line that is for Wasm alone, so that the host's clippy sees all of it: this is for a release. */
const fullChecks: Check[] = [
  { name: "clippy-wasm", what: "clippy -D warnings, Wasm", uses: "cargo for Wasm", run: command("clippy wasm", "cargo", ["clippy", ...wasmPackages, "--target", "wasm32-unknown-unknown", "--locked", ...warningsAreErrors]) },
];

async function buildAll(): Promise<string> {
  await Promise.all([buildTestedWorkers(isFull ? "release" : "quick"), buildDashboard()]);
  return "";
}

function dashboardTests(chromium: string, script: string): Promise<string> {
  return command(`dashboard ${script}`, "npm", ["run", script, "--workspace", "dashboard"], { CHROMIUM_PATH: chromium, CI: "1" })();
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
  const outcomes = await runChecks(chosenByOnly(isFull ? [...checks, ...fullChecks] : checks), 2);
  printSummary(outcomes, Date.now() - started);
  if (outcomes.some((outcome) => !outcome.isOk)) process.exit(1);
});

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
