// The preload in a process of its own, as `NODE_OPTIONS` brings it into an unmodified program, into the real
// Workers. The exporter, Express and Mongoose are the real ones; `@librechat/api`, which npm does not have, is a
// stand-in that runs its tasks and ends as LibreChat v0.8.8-rc1 does.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { openSuite, type OpenSuite } from "../../../tests/integration/open-suite.ts";
import { bundleInto } from "../tools/build.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let suite: OpenSuite;
let built: string;
before(async () => {
  suite = await openSuite();
  built = mkdtempSync(join(tmpdir(), "tokentill-preload-"));
  await bundleInto(built);
});
after(async () => {
  await suite.stop();
  rmSync(built, { recursive: true, force: true });
});

const apis = {
  whole: `const tasks = [];
exports.registerShutdownTask = (name, task) => tasks.push(task);
exports.setupGracefulShutdown = (server) => process.on("SIGTERM", async () => {
  server.close();
  server.closeAllConnections();
  for (const task of tasks) await task();
  process.exit(0);
});`,
  withoutTasks: `exports.setupGracefulShutdown = undefined;`,
  /** A signal while it starts: there are tasks, and nobody runs them yet. */
  starting: `exports.registerShutdownTask = () => undefined;`,
};

interface Ended {
  code: number | null;
  signal: string | null;
  said: string;
  tookMs: number;
}

interface Setting {
  api?: keyof typeof apis;
  isPreloaded?: boolean;
  environment?: Record<string, string>;
  /** Files of modules in place of the real ones. */
  modules?: Record<string, string>;
}

/** Starts the server, waits until its generation has ended, and ends it at once. */
async function chatAndEnd(context: TestContext, { api = "whole", isPreloaded = true, environment = {}, modules = {} }: Setting): Promise<Ended> {
  const folder = temporaryFolder(context);
  const own = join(folder, "node_modules");
  const repositorys = join(import.meta.dirname, "..", "..", "..", "node_modules");
  mkdirSync(join(own, "@librechat", "api"), { recursive: true });
  writeFileSync(join(own, "@librechat", "api", "index.js"), apis[api]);
  for (const name of ["express", "mongoose", "@opentelemetry"]) symlinkSync(join(repositorys, name), join(own, name));
  mkdirSync(join(own, "@langfuse"));
  if (modules["@langfuse/otel"] === undefined) symlinkSync(join(repositorys, "@langfuse", "otel"), join(own, "@langfuse", "otel"));
  for (const [name, source] of Object.entries(modules)) {
    mkdirSync(join(own, name), { recursive: true });
    writeFileSync(join(own, name, "index.js"), source);
  }
  cpSync(join(import.meta.dirname, "small-librechat.cjs"), join(folder, "server.cjs"));
  const key = suite.keys.ingest;
  const { TOKENTILL_URL: _url, TOKENTILL_KEY: _key, ...rest } = process.env;
  const child = spawn(process.execPath, ["server.cjs"], {
    cwd: folder,
    env: {
      ...rest, LANGFUSE_BASE_URL: suite.url, LANGFUSE_PUBLIC_KEY: key.id, LANGFUSE_SECRET_KEY: key.secret, LANGFUSE_MEDIA_UPLOAD_ENABLED: "false",
      ...(isPreloaded && { NODE_OPTIONS: `--require ${join(built, "cjs", "preload.js")}` }), ...environment,
    },
  });
  context.after(() => void child.kill("SIGKILL"));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (said += part.toString()));
  while (!said.includes("ready")) {
    assert.equal(child.exitCode, null, said);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const startedMs = Date.now();
  child.kill("SIGTERM");
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.once("exit", (...end) => resolve(end)));
  return { code, signal, said, tookMs: Date.now() - startedMs };
}

const countOf = async (type: string): Promise<number> => (await suite.rows<{ n: number }>(`SELECT count(*) AS n FROM interactions WHERE type = '${type}'`))[0]!.n;

test("a generation that ended right before SIGTERM arrives with the preload, and not without it", async (context) => {
  const before = await countOf("chat");
  const without = await chatAndEnd(context, { isPreloaded: false });
  assert.deepEqual([without.code, await countOf("chat")], [0, before]);
  const withIt = await chatAndEnd(context, {});
  assert.deepEqual([withIt.code, withIt.signal, await countOf("chat")], [0, null, before + 1], withIt.said);
  context.diagnostic(`ended ${withIt.tookMs} ms after SIGTERM, ${without.tookMs} ms without the preload`);
  assert.equal(withIt.said.trim(), "ready");
});

test("with an address and a key requests are sent beside it, and the call still counts once", async (context) => {
  const [chats, requests] = [await countOf("chat"), await countOf("api")];
  const key = suite.keys.ingest;
  const ended = await chatAndEnd(context, { environment: { TOKENTILL_URL: suite.url, TOKENTILL_KEY: `${key.id}:${key.secret}`, TOKENTILL_SPOOL_DIR: join(temporaryFolder(context), "spool") } });
  assert.equal(ended.code, 0, ended.said);
  assert.deepEqual([await countOf("chat"), await countOf("api")], [chats + 1, requests + 1], ended.said);
});

test("a LibreChat without tasks for its end is flushed when the signal comes, and says so once", async (context) => {
  const before = await countOf("chat");
  // With the client beside it: two listeners of the package's own, and none of the program's.
  const key = suite.keys.ingest;
  const ended = await chatAndEnd(context, { api: "withoutTasks", environment: { TOKENTILL_URL: suite.url, TOKENTILL_KEY: `${key.id}:${key.secret}`, TOKENTILL_SPOOL_DIR: join(temporaryFolder(context), "spool") } });
  assert.deepEqual([ended.signal, await countOf("chat")], ["SIGTERM", before + 1], ended.said);
  assert.match(ended.said, /tokentill: @librechat\/api is not as expected \(it has no registerShutdownTask/);
});

test("a signal before LibreChat listens for it ends the process, and flushes it", async (context) => {
  const before = await countOf("chat");
  const ended = await chatAndEnd(context, { api: "starting" });
  assert.deepEqual([ended.signal, await countOf("chat")], ["SIGTERM", before + 1], ended.said);
});

test("an exporter that is another one is left alone, with one line, and the program runs", async (context) => {
  const ended = await chatAndEnd(context, { modules: { "@langfuse/otel": "exports.LangfuseSpanProcessor = class { onStart() {} onEnd() {} shutdown() {} };" } });
  assert.equal(ended.code, 0, ended.said);
  assert.match(ended.said, /@langfuse\/otel is not as expected \(LangfuseSpanProcessor has no onStart and forceFlush\): left alone/);
});

test("a wrong setting is told, and the program runs", async (context) => {
  const ended = await chatAndEnd(context, { environment: { TOKENTILL_URL: "costs", TOKENTILL_KEY: "a:b" } });
  assert.equal(ended.code, 0, ended.said);
  assert.match(ended.said, /requests and operations are not sent: url is `costs`, which is no address/);
});
