// `make bench`: the engine on the host, then ingestion in workerd. Nothing else should run beside it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.ts";
import { runScript, StepError } from "./steps.ts";

await runScript(async () => {
  if (existsSync(join(root, "crates", "cost-calculation", "benches"))) run("cargo", ["bench", "-p", "cost-calculation"]);
  run("node", [join("tests", "bench", "ingestion.ts")]);
});

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    throw new StepError(`'${command} ${args.join(" ")}' ended with ${status ?? "a signal"}.`, "mend what is named above.");
  }
}
