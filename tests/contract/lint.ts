// Lints the OpenAPI contracts that are there; one that is missing fails.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { contractNames, contractPath } from "./read-contract.ts";

const tests = join(import.meta.dirname, "..");
const result = spawnSync(
  "redocly",
  ["lint", "--config", join(tests, "redocly.yaml"), "--format", "stylish", ...contractNames.map(contractPath)],
  { cwd: tests, stdio: "inherit", env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" } },
);
process.exit(result.status ?? 1);
