// `make bench`: what is measured, each by itself, one after the other. Nothing else should run
// beside it. ONLY=ingestion,queries runs some of them.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { buildWorkers } from "./build-workers.ts";
import { chosenByOnly } from "./only.ts";
import { root } from "./repository.ts";
import { runScript, seconds, StepError } from "./steps.ts";

interface Benchmark {
  name: string;
  what: string;
  command: readonly [string, ...string[]];
}

const benchmarks: readonly Benchmark[] = [
  { name: "engine", what: "one estimate, one model name, on the host", command: ["cargo", "bench", "-p", "cost-calculation"] },
  { name: "ingestion", what: "events beside a TypeScript Worker that does the same work", command: ["node", "tests/bench/ingestion.ts"] },
  { name: "queries", what: "the query API on a million interactions and five million archived ones", command: ["node", "tests/bench/queries.ts"] },
  { name: "price-lists", what: "public price lists read and merged, on the host", command: ["cargo", "bench", "-p", "price-feeds"] },
  { name: "prices", what: "a sync of the largest list, the first load, and rates, in workerd", command: ["node", "tests/bench/prices.ts"] },
  { name: "dashboard", what: "the overview's largest paint, answer to a press and layout shift", command: ["npm", "run", "bench", "--workspace", "dashboard"] },
  { name: "upkeep", what: "verification, archival and the archive of a large ledger, while events come in", command: ["node", "tests/bench/upkeep.ts"] },
];

await runScript(async () => {
  await buildWorkers("release");
  for (const { name, what, command } of chosenByOnly(benchmarks)) {
    console.log(`\n• ${name}: ${what} (${availableParallelism()} cores)`);
    const started = Date.now();
    const [program, ...words] = command;
    const { status } = spawnSync(program, words, { cwd: root, stdio: "inherit" });
    if (status !== 0) {
      throw new StepError(`'${command.join(" ")}' ended with ${status ?? "a signal"}.`, "mend what is named above.");
    }
    console.log(`  done in ${seconds(Date.now() - started)}`);
  }
});
