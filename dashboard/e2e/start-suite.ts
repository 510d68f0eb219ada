import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const root = new URL("../..", import.meta.url).pathname;
/** Building the Workers from nothing takes minutes. */
const patienceMs = 20 * 60_000;

/** Uses the suite that the environment names, or starts one with the sample installation. */
export default async function startSuite(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.SUITE_URL !== undefined) return undefined;
  const suiteFile = join(mkdtempSync(join(tmpdir(), "suite-")), "suite.json");
  const child = spawn("scripts/run", ["serve-sample.ts"], { cwd: root, env: { ...process.env, SUITE_FILE: suiteFile }, stdio: ["ignore", "inherit", "inherit"] });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const deadline = Date.now() + patienceMs;
  while (!existsSync(suiteFile)) {
    if (child.exitCode !== null) throw new Error("The sample suite ended before it was ready: see its output above.");
    if (Date.now() > deadline) throw new Error("The sample suite was not ready in time.");
    await wait(500);
  }
  const { url, ingest_key, admin_key } = JSON.parse(readFileSync(suiteFile, "utf8")) as Record<"url" | "ingest_key" | "admin_key", string>;
  Object.assign(process.env, { SUITE_URL: url, SUITE_INGEST_KEY: ingest_key, SUITE_ADMIN_KEY: admin_key });
  return async () => {
    child.kill("SIGTERM");
    await ended;
  };
}
