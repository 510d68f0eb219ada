// `make fuzz`: an OpenAPI-driven fuzzer (schemathesis) against a suite of its own, in memory. It
// fails where an endpoint answers 5xx, or anything that its contract does not promise.
// SEED=… repeats a run, EXAMPLES=… sets how many requests each operation gets, CONTRACT=… takes one.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildWorkers } from "./build-workers.ts";
import { devDirectory, root, toolDirectory } from "./repository.ts";
import { runCommand, runScript, step, StepError } from "./steps.ts";
import { newKey, scopes, storeKey } from "./suite/api-keys.ts";
import { loadPriceSnapshot } from "./suite/load-price-snapshot.ts";
import { startSuite } from "./suite/start-suite.ts";

const schemathesisVersion = "4.32.5";
const contracts = ["tracking-api", "analytics-api", "pricing-sync-api"];

await runScript(async () => {
  await buildWorkers();
  const schemathesis = await installSchemathesis();
  const chosen = process.env["CONTRACT"] === undefined ? contracts : [process.env["CONTRACT"]];
  const failed: string[] = [];
  for (const contract of chosen) {
    const suite = await startSuite({
      variables: { COOKIE_SECRET: "a secret of the fuzzer, long enough" },
      outbound: () => { throw new Error("no network while fuzzing"); },
      onLog: () => undefined,
    });
    try {
      const key = newKey("fuzzer", scopes.filter((scope) => scope !== "self"));
      await storeKey(suite.database, key);
      await loadPriceSnapshot(suite.url, key.secret);
      const status = await fuzz(schemathesis, contract, suite.url, key.secret);
      if (status !== 0) failed.push(contract);
    } finally {
      await suite.stop();
    }
  }
  if (failed.length > 0) throw new StepError(`The fuzzer found faults in ${failed.join(", ")}.`, "each is shown above with a curl line; SEED repeats the run.");
});

async function installSchemathesis(): Promise<string> {
  const directory = toolDirectory("schemathesis", schemathesisVersion);
  const program = join(directory, "bin", "schemathesis");
  if (existsSync(program)) return program;
  await step(`Installing schemathesis ${schemathesisVersion} (once for this machine)`, async () => {
    const remedy = "check python3 (with venv) and the network, then run this again.";
    try {
      await runCommand("python3", ["-m", "venv", directory], { title: "Python environment", remedy });
      await runCommand(join(directory, "bin", "pip"), ["install", "--quiet", `schemathesis==${schemathesisVersion}`], { title: "schemathesis", remedy });
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  });
  return program;
}

function fuzz(program: string, contract: string, url: string, secret: string): Promise<number> {
  const args = [
    "--config-file", join(root, "tests", "schemathesis.toml"),
    "run", join(root, "contracts", `${contract}.yaml`), "--url", url,
    "--header", `Authorization: Bearer ${secret}`,
    "--max-examples", process.env["EXAMPLES"] ?? "50",
    "--seed", process.env["SEED"] ?? "1",
    // Not stateful: it would learn its own key from the list and revoke it.
    "--phases", "examples,coverage,fuzzing",
    "--workers", "2",
  ];
  // It keeps what it learned in the working directory.
  mkdirSync(devDirectory, { recursive: true });
  return new Promise((resolve) => {
    spawn(program, args, { cwd: devDirectory, stdio: ["ignore", "inherit", "inherit"] })
      .on("error", () => resolve(127))
      .on("close", (status) => resolve(status ?? 1));
  });
}
