// `make dev`: builds what has changed, starts the suite on one port with its data in `.dev`, and
// prints what a LibreChat needs to talk to it.
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { buildDashboard } from "./build-dashboard.ts";
import { buildWorkers } from "./build-workers.ts";
import { advance, plan } from "./progress.ts";
import { devDirectory } from "./repository.ts";
import { sendSample } from "./sample/send-sample.ts";
import { endRunningCommands, runScript, seconds, step, StepError } from "./steps.ts";
import { newKey, type NewKey, storeKey } from "./suite/api-keys.ts";
import { endRunsOfStoppedSuite } from "./suite/end-runs-of-stopped-suite.ts";
import { commandLineOf, holdersOf } from "./suite/file-holders.ts";
import { loadPriceSnapshot } from "./suite/load-price-snapshot.ts";
import { openWorkerLog } from "./suite/worker-log.ts";
import { runCrons } from "./suite/run-crons.ts";
import type { Database } from "./suite/database.ts";
import { startSuite, type Suite } from "./suite/start-suite.ts";

interface LocalSecrets {
  ingest: NewKey;
  admin: NewKey;
  cookie_secret: string;
}

const suiteFile = join(devDirectory, "suite.json");
const secretsFile = join(devDirectory, "secrets.json");
const sendingSample = "Sending sample traffic: 90 days of a 50-user installation";
const processFile = join(devDirectory, "process");

await runScript(async () => {
  const started = Date.now();
  let suite: Suite | undefined;
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    console.log("\nStopping …");
    endRunningCommands();
    // First of all: Miniflare has a handler of its own, which may end this process meanwhile.
    rmSync(processFile, { force: true });
    rmSync(suiteFile, { force: true });
    await suite?.stop();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop());

  const port = portFromEnvironment();
  refuseSecondSuite();
  // 0.0.0.0 lets a LibreChat in a container reach it.
  const host = process.env["LISTEN"] || "127.0.0.1";
  await refuseUsedPort(port, host);
  mkdirSync(devDirectory, { recursive: true });
  // Keys, and who used what: nobody else's on this machine.
  chmodSync(devDirectory, 0o700);
  writeFileSync(processFile, String(process.pid), { mode: 0o600 });
  // It is there again when the suite is ready, so that scripts can wait for it.
  rmSync(suiteFile, { force: true });

  // What is there already goes by in no time.
  plan({ "Compiling bind-wasm": 45, "Compiling the Workers": 80, "Building the dashboard": 15, "Starting the suite": 3, "Loading the price snapshot": 5, [sendingSample]: 20 });
  await Promise.all([buildWorkers(), buildDashboard()]);
  for (const built of ["Compiling bind-wasm", "Compiling the Workers", "Building the dashboard"]) advance(built, 1);
  // Only now: what is built is not secret.
  process.umask(0o077);
  const secrets = localSecrets();
  // A wildcard address is where it listens, not where one finds it.
  const url = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  suite = await step("Starting the suite", () =>
    startSuite({
      persist: devDirectory,
      port,
      host,
      isServed: true,
      variables: { COOKIE_SECRET: secrets.cookie_secret },
      onLog: openWorkerLog(join(devDirectory, "logs", "workers.log"), { onTrouble: (message) => console.error(`! ${message}`) }),
    }),
  );
  // Nobody else has the database open: who still holds a lease was killed.
  await endRunsOfStoppedSuite(suite.database, Date.now());
  await storeMissingKeys(suite.database, [secrets.ingest, secrets.admin]);
  await step("Loading the price snapshot", () => loadPricesOrGoOn(url, secrets.admin.secret));
  const ingestKey = `${secrets.ingest.id}:${secrets.ingest.secret}`;
  if (process.env["SAMPLE"] !== "0" && (await isLedgerEmpty(suite.database))) {
    await step(sendingSample, () => sendSample(url, ingestKey, new Date()));
  }
  runCrons(suite, (message) => console.error(`! ${message} (see .dev/logs/workers.log)`));
  writeFileSync(suiteFile, `${JSON.stringify({ url, ingest_key: ingestKey, admin_key: secrets.admin.secret }, null, 2)}\n`, { mode: 0o600 });
  console.log(`
Tokentill is ready after ${seconds(Date.now() - started)}.

  Dashboard    ${url}/app/
  Admin key    ${secrets.admin.secret}   (sign in with it)
  Ingest key   ${ingestKey}

For LibreChat's .env:
  LANGFUSE_PUBLIC_KEY=${secrets.ingest.id}
  LANGFUSE_SECRET_KEY=${secrets.ingest.secret}
  LANGFUSE_BASE_URL=${url}

Ctrl-C stops it; the data stays in .dev ('make clean-data' forgets it).`);
});

function portFromEnvironment(): number {
  const text = process.env["PORT"] ?? "8787";
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new StepError(`PORT is '${text}', which is no port.`, "give a number from 1 to 65535: make dev PORT=8788.");
  }
  return port;
}

/** Two suites on one database file would corrupt each other's caches. */
function refuseSecondSuite(): void {
  const pid = existsSync(processFile) ? Number(readFileSync(processFile, "utf8")) : undefined;
  if (pid !== undefined && isDev(pid)) {
    throw new StepError(`Another 'make dev' of this checkout is running (process ${pid}).`, `stop it first, for example with 'kill ${pid}'.`);
  }
  const [holder] = holdersOf(join(devDirectory, "v3"));
  if (holder !== undefined) {
    throw new StepError(
      `The database in ${devDirectory} is in use: ${holder.command} (process ${holder.pid}) has it open.`,
      `end that first, for example with 'kill ${holder.pid}'.`,
    );
  }
}

/** Whether this process is one of ours: the number that a dead one had may be anybody's by now. */
function isDev(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !existsSync("/proc/self/cmdline") || commandLineOf(pid).includes("dev.ts");
}

/** A suite without the newest prices is better than none: what is unpriced says so, and is priced later. */
async function loadPricesOrGoOn(url: string, adminKey: string): Promise<void> {
  try {
    console.log(`    ${await loadPriceSnapshot(url, adminKey)}`);
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split("\n") : [String(error)];
    console.error(`! ${reason}\n    It starts with the prices that it has; pricing-sync tries again within the hour.`);
  }
}

async function refuseUsedPort(port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is in use" : `can't be opened (${error.message})`;
      reject(new StepError(`Port ${port} ${why}.`, `stop what uses it, or take another: make dev PORT=${port + 1}.`));
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function localSecrets(): LocalSecrets {
  if (existsSync(secretsFile)) return JSON.parse(readFileSync(secretsFile, "utf8")) as LocalSecrets;
  const secrets: LocalSecrets = {
    ingest: newKey("LibreChat (local)", ["ingest"]),
    admin: newKey("Admin (local)", ["admin"]),
    cookie_secret: randomBytes(32).toString("hex"),
  };
  writeFileSync(secretsFile, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}

async function storeMissingKeys(database: Database, keys: readonly NewKey[]): Promise<void> {
  for (const key of keys) {
    const known = await database.prepare("SELECT 1 FROM api_keys WHERE id = ?1").bind(key.id).first();
    if (known !== null) continue;
    await storeKey(database, key);
  }
}

async function isLedgerEmpty(database: Database): Promise<boolean> {
  const found = await database
    .prepare("SELECT EXISTS (SELECT 1 FROM interactions) OR EXISTS (SELECT 1 FROM interactions_archive) AS any_interaction")
    .first<number>("any_interaction");
  return found === 0;
}
