// Runs TypeScript 7 over the dashboard. The package `typescript` here is 5.9, which only the type
// generator needs (it uses a compiler interface that TypeScript 7 does not ship).
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = createRequire(import.meta.url).resolve("typescript-7/package.json");
const tsc = join(dirname(manifest), "bin", "tsc");
const run = spawnSync(process.execPath, [tsc, "--noEmit", "-p", here], { stdio: "inherit" });
process.exit(run.status ?? 1);
