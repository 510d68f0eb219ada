// Where things lie in this checkout, and in the cache that outlives it.
import { homedir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

/** Local state: database, keys, logs. Git ignores it; `make clean-data` removes it. A test has its own. */
export const devDirectory = process.env["TOKENTILL_DEV_DIRECTORY"] ?? join(root, ".dev");

/** The dashboard's built files; they lie under `app/` in it. */
export const dashboardDist = join(root, "dashboard", "dist");

export const workerNames = ["analytics-api", "analytics-tracker", "pricing-sync"] as const;
export type WorkerName = (typeof workerNames)[number];

export function workerDirectory(worker: WorkerName): string {
  return join(root, "workers", worker);
}

/** Tools that take minutes to compile, keyed by version, so that a second checkout is quick. */
export function toolDirectory(name: string, version: string): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "tokentill", "tools", `${name}-${version}`);
}
