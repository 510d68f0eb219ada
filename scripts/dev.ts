// `make dev`: builds what has changed, starts the suite on one port with its data in `.dev`, and
// prints what a LibreChat needs to talk to it.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { buildDashboard } from "./build-dashboard.ts";
import { buildWorkers } from "./build-workers.ts";
import { devDirectory } from "./repository.ts";
import { sendSample } from "./sample/send-sample.ts";
import { endRunningCommands, runScript, seconds, step, StepError } from "./steps.ts";
import { newKey, type NewKey, storeKeyStatement } from "./suite/api-keys.ts";
import { loadPriceSnapshot } from "./suite/load-price-snapshot.ts";
import { openWorkerLog } from "./suite/worker-log.ts";
import { runCrons } from "./suite/run-crons.ts";
import { type Database, startSuite, type Suite } from "./suite/start-suite.ts";

interface LocalSecrets {
  ingest: NewKey;
  admin: NewKey;
  cookie_secret: string;
}

const suiteFile = join(devDirectory, "suite.json");
const secretsFile = join(devDirectory, "secrets.json");
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
  writeFileSync(processFile, String(process.pid));
  // It is there again when the suite is ready, so that scripts can wait for it.
  rmSync(suiteFile, { force: true });

  await buildWorkers();
  await buildDashboard();
  const secrets = localSecrets();
  // A wildcard address is where it listens, not where one finds it.
  const url = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  suite = await step("Starting the suite", () =>
    startSuite({
      persist: devDirectory,
      port,
      host,
      variables: { COOKIE_SECRET: secrets.cookie_secret },
      onLog: openWorkerLog(join(devDirectory, "logs", "workers.log")),
    }),
  );
  await storeMissingKeys(suite.database, [secrets.ingest, secrets.admin]);
  await step("Loading the price snapshot", async () => {
    console.log(`    ${await loadPriceSnapshot(url, secrets.admin.secret)}`);
  });
  const ingestKey = `${secrets.ingest.id}:${secrets.ingest.secret}`;
  if (process.env["SAMPLE"] !== "0" && (await isLedgerEmpty(suite.database))) {
    await step("Sending sample traffic: 90 days of a 50-user installation", () => sendSample(url, ingestKey, new Date()));
  }
  runCrons(suite, (message) => console.error(`! ${message} (see .dev/logs/workers.log)`));
  writeFileSync(suiteFile, `${JSON.stringify({ url, ingest_key: ingestKey, admin_key: secrets.admin.secret }, null, 2)}\n`);
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
  if (!existsSync(processFile)) return;
  const pid = Number(readFileSync(processFile, "utf8"));
  try {
    process.kill(pid, 0);
  } catch {
    return;
  }
  throw new StepError(`Another 'make dev' of this checkout is running (process ${pid}).`, `stop it first, for example with 'kill ${pid}'.`);
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
    const { sql, parameter } = storeKeyStatement(key, Date.now());
    await database.prepare(sql).bind(parameter).run();
  }
}

async function isLedgerEmpty(database: Database): Promise<boolean> {
  const found = await database
    .prepare("SELECT EXISTS (SELECT 1 FROM interactions) OR EXISTS (SELECT 1 FROM interactions_archive) AS any_interaction")
    .first<number>("any_interaction");
  return found === 0;
}
