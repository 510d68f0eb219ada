// `make chaos`: on the host, histories of duplicates, reorderings, lost answers and interruptions at any
// statement (HISTORIES of the longest test, the others in proportion); in workerd, SEEDS of kills in the
// middle of every job. `make test` runs a short form of both. FIRST_SEED repeats or goes on.
import { buildWorkers } from "./build-workers.ts";
import { runCommand, runScript, step, StepError } from "./steps.ts";

/** The longest test tries so many times PROPTEST_CASES. */
const longestFactor = 12;
const hostTests = ["exactly_once", "archive", "verify", "change_reporting_zone", "session_rules", "query_recount"];

await runScript(async () => {
  const seeds = positive("SEEDS", 100);
  const histories = positive("HISTORIES", 10_000);
  const remedy = "what failed is shown above; its seed or its smallest history repeats it.";
  await step(`On the host: ${histories} histories`, () =>
    runCommand("cargo", ["test", "--locked", "-p", "ledger-keep", "--test", "it", "--", ...hostTests], {
      title: "Chaos on the host", remedy, verbose: true, env: { ...process.env, PROPTEST_CASES: String(Math.ceil(histories / longestFactor)) },
    }));
  await buildWorkers();
  await step(`In workerd: ${seeds} seeds`, () =>
    runCommand("node", ["--test", "--test-concurrency=2", "tests/integration/kill-jobs.test.ts", "tests/integration/kill-and-replay.test.ts"], {
      title: "Chaos in workerd", remedy, verbose: true, env: { ...process.env, SEEDS: String(seeds) },
    }));
});

function positive(name: string, usual: number): number {
  const number = Number(process.env[name] ?? usual);
  if (!Number.isInteger(number) || number < 1) throw new StepError(`${name} is '${process.env[name]}'.`, `give a whole number: make chaos ${name}=${usual}.`);
  return number;
}
