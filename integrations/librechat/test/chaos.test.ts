// The client against the real Workers, with everything in between that can go wrong: what `track` said is
// kept is in the ledger once, with its exact cost, whatever happened to the process, the way and the disk.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { openSuite, type OpenSuite } from "../../../tests/integration/open-suite.ts";
import { TokentillClient } from "../src/index.ts";
import { type Fault, faults, FaultyProxy } from "./faulty-proxy.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { type ChildTask, eventOf } from "./tracking-child.ts";

let suite: OpenSuite;
let key: string;

before(async () => {
  suite = await openSuite();
  key = `${suite.keys.ingest.id}:${suite.keys.ingest.secret}`;
});
after(() => suite.stop());

const childProgram = join(import.meta.dirname, "tracking-child.ts");
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function startChild(task: ChildTask, wrap: readonly string[] = []): { child: ChildProcess; ended: Promise<void>; said: () => string } {
  const line = [...wrap, process.execPath, childProgram, JSON.stringify(task)];
  const child = spawn(line[0]!, line.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout!.on("data", (part: Buffer) => (said += part.toString()));
  child.stderr!.on("data", (part: Buffer) => (said += part.toString()));
  return { child, ended: new Promise((resolve) => child.once("exit", () => resolve())), said: () => said };
}

function keptOf(file: string): number[] {
  if (!existsSync(file)) return [];
  // A kill may cut the last line; what stands in it was kept, but which one it is can't be told.
  return readFileSync(file, "utf8").split("\n").slice(0, -1).map(Number);
}

/** Delivers what lies in the spool, as the next start of the program does. */
async function drain(spool: string): Promise<void> {
  await pause(1_100);
  const client = new TokentillClient({ url: suite.url, key, spool, intervalMs: 10, adoptAfterMs: 300, flushOnExit: false, say: () => undefined });
  assert.ok(await client.flush(20_000), "the spool is delivered");
  // What was taken over is looked at once more.
  await pause(400);
  assert.ok(await client.close(10_000));
  assert.equal(client.state().corrupt, 0);
}

/** The ledger has each of the events once, as it was sent, and the sums are those of the interactions. */
async function assertLedgerHas(numbers: readonly number[], from: number, to: number): Promise<void> {
  const rows = await suite.rows<{ id: string; input: number; cost: string }>(
    `SELECT i.id, i.input_tokens AS input, CAST(c.total_cost AS TEXT) AS cost FROM interactions i JOIN cost_estimates c USING (interaction_key)
     WHERE i.id LIKE 'chaos-%' AND CAST(substr(i.id, 7) AS INTEGER) >= ${from} AND CAST(substr(i.id, 7) AS INTEGER) < ${to}`,
  );
  const inLedger = new Map(rows.map(({ id, ...row }) => [Number(id.slice(6)), row]));
  assert.equal(inLedger.size, rows.length);
  for (const number of numbers) {
    const input = 1_000 + number;
    // gpt-5-mini: $0.25 and $2 a million, in picodollars.
    assert.deepEqual(inLedger.get(number), { input, cost: String(input * 250_000 + 500 * 2_000_000) }, `event ${number}`);
  }
}

test("processes that are killed at any moment, behind a way that is spoiled in every manner, lose nothing and count nothing twice", async (context) => {
  const folder = temporaryFolder(context);
  const spool = join(folder, "spool");
  const keptFile = join(folder, "kept");
  const proxy = new FaultyProxy(suite.url, 600);
  await proxy.start();
  context.after(() => proxy.stop());
  const rounds = 14;
  const count = 400;
  for (let round = 0; round < rounds; round++) {
    const isDown = round % 5 === 4;
    proxy.fault = round % 3 === 0 ? "none" : (faults[round % faults.length] as Fault);
    if (isDown) await proxy.stop();
    const before = keptOf(keptFile).length;
    const { child, ended } = startChild({ url: proxy.url, key, spool, keptFile, first: round * count, count, burst: 20, pauseMs: 30, ending: "wait" });
    // From before the first event to behind the last one.
    const killedAfter = (round * 131) % (count + 1);
    while (keptOf(keptFile).length < before + killedAfter) await pause(5);
    if (round % 4 === 1) await pause(900);
    child.kill("SIGKILL");
    await ended;
    if (isDown) await proxy.start();
  }
  const kept = keptOf(keptFile);
  assert.ok(kept.length > rounds * 100, `${kept.length} events were kept`);
  await drain(spool);
  await assertLedgerHas(kept, 0, rounds * count);
  assert.ok(proxy.forwarded > rounds, `${proxy.forwarded} requests got through`);
  context.diagnostic(`${kept.length} events of ${rounds} killed processes, ${proxy.arrivedAtMs.length} requests`);
});

for (const ending of ["return", "exit", "wait", "own handler"] as const) {
  test(`an end of the process by ${ending === "wait" ? "SIGTERM" : ending === "own handler" ? "SIGTERM with a handler of the program's own" : ending} delivers within its bound or leaves it in the spool`, async (context) => {
    const folder = temporaryFolder(context);
    const spool = join(folder, "spool");
    const keptFile = join(folder, "kept");
    const first = 100_000 + ["return", "exit", "wait", "own handler"].indexOf(ending) * 1_000;
    const { child, ended, said } = startChild({ url: suite.url, key, spool, keptFile, first, count: 300, burst: 300, pauseMs: 0, ending });
    if (ending === "wait" || ending === "own handler") {
      while (!said().includes("slowestMs")) await pause(10);
      const startedMs = Date.now();
      child.kill("SIGTERM");
      await ended;
      assert.ok(Date.now() - startedMs < 3_000);
      // Nobody else listens: the signal ends the process as it would have without the client.
      assert.equal(child.signalCode, ending === "wait" ? "SIGTERM" : null);
    }
    await ended;
    assert.equal(keptOf(keptFile).length, 300);
    if (ending !== "exit") await assertLedgerHas(keptOf(keptFile), first, first + 300);
    await drain(spool);
    await assertLedgerHas(keptOf(keptFile), first, first + 300);
  });
}

test("a full disk takes nothing, memory takes over, and everything arrives", { skip: !canMount() && "needs a file system of its own (unshare)" }, async (context) => {
  const folder = temporaryFolder(context);
  const spool = join(folder, "spool");
  mkdirSync(spool);
  const keptFile = join(folder, "kept");
  const proxy = new FaultyProxy(suite.url, 600);
  await proxy.start();
  context.after(() => proxy.stop());
  proxy.fault = "unavailable";
  const inSmallDisk = ["unshare", "-rm", "sh", "-c", `mount -t tmpfs -o size=96k tmpfs ${spool} && exec "$@"`, "sh"];
  const { child, ended, said } = startChild({ url: proxy.url, key, spool, keptFile, first: 200_000, count: 2_000, burst: 50, pauseMs: 2, ending: "wait" }, inSmallDisk);
  context.after(() => void child.kill("SIGKILL"));
  while (!said().includes("slowestMs")) {
    assert.equal(child.exitCode, null, said());
    await pause(10);
  }
  const state = JSON.parse(said().split("\n").find((line) => line.includes("slowestMs"))!) as { in_memory: number; disk_faults: number; dropped: { full: number } };
  assert.ok(state.disk_faults > 0 && state.in_memory > 100 && state.dropped.full === 0, JSON.stringify(state));
  assert.match(said(), /the spool takes nothing \(ENOSPC/);
  proxy.fault = "none";
  const untilMs = Date.now() + 30_000;
  while ((await countFrom(200_000, 202_000)) < 2_000 && Date.now() < untilMs) await pause(200);
  assert.equal(keptOf(keptFile).length, 2_000);
  await assertLedgerHas(keptOf(keptFile), 200_000, 202_000);
  child.kill("SIGTERM");
  await ended;
});

async function countFrom(from: number, to: number): Promise<number> {
  const rows = await suite.rows<{ n: number }>(`SELECT count(*) AS n FROM interactions WHERE id LIKE 'chaos-%' AND CAST(substr(id, 7) AS INTEGER) >= ${from} AND CAST(substr(id, 7) AS INTEGER) < ${to}`);
  return rows[0]!.n;
}

function canMount(): boolean {
  return process.platform === "linux" && spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs -o size=96k tmpfs /mnt"]).status === 0;
}

test("each fault of the way is met with patience: Retry-After is kept, attempts lie farther and farther apart", async (context) => {
  const proxy = new FaultyProxy(suite.url, 600);
  await proxy.start();
  context.after(() => proxy.stop());
  for (const [index, fault] of faults.entries()) {
    proxy.fault = fault;
    proxy.arrivedAtMs.length = 0;
    const lines: string[] = [];
    const client = new TokentillClient({ url: proxy.url, key, spool: temporaryFolder(context), intervalMs: 5, timeoutMs: 300, flushOnExit: false, say: (_level, line) => lines.push(line) });
    const number = 300_000 + index;
    client.track(eventOf(number));
    client.startSession({ session_id: `marked-${index}`, user_id: "user-1" });
    await pause(1_400);
    const attempts = [...proxy.arrivedAtMs];
    assert.ok(attempts.length >= 1 && attempts.length <= 3, `${fault}: ${attempts.length} attempts`);
    if (fault === "too many") for (let at = 1; at < attempts.length; at++) assert.ok(attempts[at]! - attempts[at - 1]! >= 1_000, "Retry-After");
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0]!, /can't be delivered: .*They are kept/);
    proxy.fault = "none";
    assert.ok(await client.flush(10_000));
    const { delivered, attempts_failed } = client.state();
    assert.equal(delivered.accepted + delivered.duplicate, 2);
    assert.ok(attempts_failed >= 1);
    assert.match(lines.at(-1)!, /delivered again/);
    await client.close();
    await assertLedgerHas([number], number, number + 1);
  }
});

test("an event that the suite refuses sinks no other, and is kept aside with the reason", async (context) => {
  const spool = temporaryFolder(context);
  const lines: string[] = [];
  const client = new TokentillClient({ url: suite.url, key, spool, intervalMs: 5, flushOnExit: false, say: (_level, line) => lines.push(line) });
  client.track(eventOf(400_000));
  client.track({ ...eventOf(400_001), duration_ms: -1 });
  client.track({ ...eventOf(400_002), prompt: "a field that is none" } as never);
  client.track(eventOf(400_003));
  assert.ok(await client.flush());
  client.track({ ...eventOf(400_000), duration_ms: 7 });
  assert.ok(await client.flush());
  assert.deepEqual(client.state().delivered, { accepted: 2, duplicate: 0, conflict: 1, rejected: 2, queued: 0 });
  await client.close();
  await assertLedgerHas([400_000, 400_003], 400_000, 400_004);
  await pause(50);
  const refused = readFileSync(join(spool, "refused.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as { reason: string; event: { id: string } });
  assert.deepEqual(refused.map(({ event }) => event.id), ["chaos-400001", "chaos-400002", "chaos-400000"]);
  assert.match(refused[0]!.reason, /duration_ms/);
  assert.match(lines[0]!, /refused: duration_ms.*refused\.jsonl/);
});

test("without a spool memory alone keeps events, and what an end of the process loses is counted", async (context) => {
  const proxy = new FaultyProxy(suite.url, 600);
  await proxy.start();
  context.after(() => proxy.stop());
  proxy.fault = "unavailable";
  const lines: string[] = [];
  const client = new TokentillClient({ url: proxy.url, key, spool: false, memoryBytesMax: 65_536, flushOnExit: false, say: (_level, line) => lines.push(line) });
  let kept = 0;
  for (let number = 500_000; number < 500_400; number++) if (client.track(eventOf(number)) !== undefined) kept += 1;
  const { dropped, given, in_memory } = client.state();
  assert.deepEqual([given, in_memory, dropped.full], [400, kept, 400 - kept]);
  assert.ok(kept > 50 && kept < 300);
  assert.equal(await client.close(200), false);
  assert.equal(client.state().dropped.lost_at_exit, kept);
  assert.match(lines.join("\n"), /memory for events is full/);
});

test("nothing that a caller gives throws, and bad events are counted", async (context) => {
  const client = new TokentillClient({ url: suite.url, key, spool: temporaryFolder(context), flushOnExit: false, say: () => { throw new Error("a log that fails"); } });
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  for (const bad of [undefined, null, 7, "text", [], circle, { ...eventOf(1), metadata: { big: 7n } }]) assert.equal(client.track(bad as never), undefined);
  assert.equal(client.track({ ...eventOf(2), metadata: { text: "x".repeat(70_000) } }), undefined);
  assert.deepEqual(client.state().dropped, { full: 0, too_large: 1, invalid: 7, lost_at_exit: 0 });
  await client.close();
  assert.equal(client.track(eventOf(3)), undefined);
});

test("ids and times are made at the source, and what one process sends is packed", async (context) => {
  const bodies: { encoding: string | undefined; bytes: Buffer }[] = [];
  const proxy = new FaultyProxy(suite.url, 600);
  await proxy.start();
  context.after(() => proxy.stop());
  const spool = temporaryFolder(context);
  const client = new TokentillClient({ url: proxy.url, key, spool, flushOnExit: false });
  const ids = Array.from({ length: 40 }, () => client.track({ type: "api", user_id: "ada", units: { requests: 1 } }));
  assert.equal(new Set(ids).size, 40);
  for (const id of ids) assert.match(id!, /^[0-9a-f-]{36}$/);
  proxy.onBody = (encoding, bytes) => bodies.push({ encoding, bytes });
  assert.ok(await client.close());
  assert.equal(bodies[0]!.encoding, "gzip");
  // On a disk that stalls some of them come in a body of their own.
  const events = bodies.flatMap(({ encoding, bytes }) => (JSON.parse((encoding === "gzip" ? gunzipSync(bytes) : bytes).toString()) as { events: { id: string; timestamp: number }[] }).events);
  assert.deepEqual(events.map(({ id }) => id), ids);
  assert.ok(events.every(({ timestamp }) => Math.abs(Date.now() - timestamp) < 10_000));
  assert.deepEqual(readdirSync(spool), []);
});
