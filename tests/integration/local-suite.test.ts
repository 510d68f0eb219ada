// `make dev` itself, in a folder of the test's own, on a free port: what it leaves for others to read, and
// what happens when it is ended without a word.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { root } from "../../scripts/repository.ts";
import { holdersOf } from "../../scripts/suite/file-holders.ts";

const directory = mkdtempSync(join(tmpdir(), "tokentill-dev-"));
const started: ChildProcess[] = [];
after(async () => {
  for (const child of started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(directory, { recursive: true, force: true });
});

interface Dev {
  child: ChildProcess;
  output: () => string;
  /** Resolves when it is ready, with its address and keys. */
  ready: () => Promise<{ url: string; ingest_key: string; admin_key: string }>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

function startDev(port: number): Dev {
  let output = "";
  const child = spawn(process.execPath, ["scripts/dev.ts"], {
    cwd: root,
    env: { ...process.env, PORT: String(port), SAMPLE: "0", LISTEN: "127.0.0.1", TOKENTILL_DEV_DIRECTORY: directory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (chunk: Buffer) => { output += chunk.toString(); });
  return {
    child,
    output: () => output,
    async ready() {
      while (!output.includes("Tokentill is ready")) {
        assert.equal(child.exitCode, null, output);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return JSON.parse(readFileSync(join(directory, "suite.json"), "utf8"));
    },
  };
}

async function end(dev: Dev, signal: NodeJS.Signals): Promise<void> {
  const ended = once(dev.child, "exit");
  dev.child.kill(signal);
  await ended;
}

function databaseFile(): string {
  const folder = join(directory, "v3", "d1", "miniflare-D1DatabaseObject");
  return join(folder, readdirSync(folder).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))!);
}

const everyFile = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

const skip = process.platform !== "linux" && "needs /proc";

test("what it keeps is its owner's alone, and its keys stand in the audit log", { skip }, async () => {
  const dev = startDev(await freePort());
  const { url } = await dev.ready();
  assert.equal((await fetch(`${url}/health`)).status, 200);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  const readable = everyFile(directory).filter((path) => (statSync(path).mode & 0o077) !== 0);
  assert.deepEqual(readable, []);
  await end(dev, "SIGTERM");
  assert.ok(!existsSync(join(directory, "suite.json")), "no script takes it for running");
  const database = new DatabaseSync(databaseFile());
  const rows = database.prepare("SELECT actor, action, detail ->> 'name' AS name FROM admin_audit JOIN api_keys ON api_keys.id = subject ORDER BY 3").all();
  database.close();
  assert.deepEqual(rows.map((row) => ({ ...row })), ["Admin (local)", "LibreChat (local)"].map((name) => ({ actor: "machine", action: "key.create", name })));
});

test("a suite whose Node is killed goes with it, and the next one starts", { skip }, async () => {
  const dev = startDev(await freePort());
  const { url } = await dev.ready();
  await end(dev, "SIGKILL");
  const isGone = (): Promise<boolean> => fetch(`${url}/health`).then(() => false, () => true);
  while (!(await isGone())) await new Promise((resolve) => setTimeout(resolve, 20));
  while (holdersOf(directory).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const next = startDev(await freePort());
  await next.ready();
  await end(next, "SIGTERM");
});

test("a second suite on the same database is refused, by name of who has it", { skip }, async () => {
  // Any other process: a runtime that was left behind, or a tool on the file.
  const holder = spawn("sh", ["-c", 'exec 5<"$0"; echo open; exec sleep 600', databaseFile()], { stdio: ["ignore", "pipe", "ignore"] });
  started.push(holder);
  await once(holder.stdout!, "data");
  const dev = startDev(await freePort());
  const [status] = await once(dev.child, "exit");
  assert.equal(status, 1, dev.output());
  assert.match(dev.output(), new RegExp(`is in use: (sh|sleep) \\(process ${holder.pid}\\) has it open`));
  holder.kill("SIGKILL");
  await once(holder, "exit");
});

test("a number that a dead suite left behind stops no start", { skip }, async () => {
  writeFileSync(join(directory, "process"), String(process.pid));
  const dev = startDev(await freePort());
  await dev.ready();
  await end(dev, "SIGTERM");
});

test("a run that was killed while it loaded prices does not keep the next start waiting", { skip }, async () => {
  const database = new DatabaseSync(databaseFile());
  const now = Date.now();
  database.prepare(`INSERT INTO job_runs (job, scheduled_time, worker, status, attempt, started_at, lease_until, summary)
    VALUES ('pricing-sync:snapshot', ?, 'pricing-sync', 'running', 1, ?, ?, '{}')`).run(now - 3_600_000, now, now + 16 * 60_000);
  database.prepare("DELETE FROM price_sources").run();
  database.close();
  const dev = startDev(await freePort());
  await dev.ready();
  assert.doesNotMatch(dev.output(), /409|clean-data' starts/);
  await end(dev, "SIGTERM");
});
