// Ingestion beside a TypeScript Worker that does the same work, and a lean one that does a tenth of it: raw latencies, medians of several
// rounds, and single events by turns, a few each, since the machine itself drifts within seconds.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildWorkers, wasmSizeGzipped } from "../../scripts/build-workers.ts";
import { workerDirectory, workerNames } from "../../scripts/repository.ts";
import { sampleHistory, type TrackEvent } from "../../scripts/sample/history.ts";
import { movedTo } from "../../scripts/sample/move-trace.ts";
import { newKey, storeKey } from "../../scripts/suite/api-keys.ts";
import { loadPriceSnapshot } from "../../scripts/suite/load-price-snapshot.ts";
import type { Database } from "../../scripts/suite/database.ts";
import { startSuite } from "../../scripts/suite/start-suite.ts";
import { openaiAnthropicError } from "../integration/fixtures.ts";
import { ClosedLoop, prepareRequest } from "./closed-loop.ts";
import { startComparison } from "./comparison-suite.ts";
import { median, milliseconds, summarise } from "./latencies.ts";
import { cpuMs, mainThreadCpuMs, wasmMemoryBytes } from "./process-cost.ts";
import { cpuMilliseconds, workerdProcesses } from "./workerd-processes.ts";

const rounds = Number(process.env["ROUNDS"] ?? 6);
const singlesPerRound = 300;
/** So many single events one after the other, then the next candidate's. */
const singlesPerTurn = 10;
const batchesPerRound = 12;
const batchSize = 500;

interface Candidate {
  name: string;
  url: string;
  workerd: number;
  singles: number[][];
  singleCpu: number[];
  eventsPerSecond: number[];
  eventCpu: number[];
  repeatsPerSecond: number[];
}

await buildWorkers("release");
const directory = mkdtempSync(join(tmpdir(), "tokentill-bench-"));
const outbound = (): never => { throw new Error("no network while measuring"); };
const options = { outbound, variables: { COOKIE_SECRET: "a secret of the benchmark, long enough" }, onLog: () => undefined };
/** Starts something, and says which workerd it runs in. */
async function started<T>(start: () => Promise<T>): Promise<T & { workerd: number }> {
  const before = workerdProcesses();
  const suite = await start();
  return { ...suite, workerd: workerdProcesses().find((pid) => !before.includes(pid)) ?? NaN };
}

/** What the tracker logged of its requests: events by route, and the rows that D1 says it wrote. */
const written: { route: string; accepted: number; rows_written: number }[] = [];
const noteRows = (line: string): void => {
  if (!line.startsWith("{")) return;
  const { event, route, accepted, rows_written } = JSON.parse(line);
  if (event === "request" && accepted > 0) written.push({ route, accepted, rows_written });
};

const suite = await started(() => startSuite({ ...options, persist: join(directory, "suite") }));
const direct = await started(() => startSuite({ ...options, persist: join(directory, "direct"), primary: "analytics-tracker", onLog: noteRows }));
const comparison = await started(() => startComparison(join(directory, "comparison")));
const lean = await started(() => startComparison(join(directory, "lean"), "lean-worker.ts"));

const ingest = newKey("bench", ["ingest"]);
const admin = newKey("bench admin", ["admin"]);
for (const { database } of [suite, direct, comparison, lean]) {
  for (const key of [ingest, admin]) {
    await storeKey(database, key);
  }
}
await loadPriceSnapshot(suite.url, admin.secret);
await copyPrices(suite.database, [direct.database, comparison.database, lean.database]);

const headers = { authorization: `Basic ${Buffer.from(`${ingest.id}:${ingest.secret}`).toString("base64")}`, "content-type": "application/json" };
const chats = sampleHistory(new Date()).filter((event) => event["type"] === "chat" && event["endpoint"] === undefined);
let nextEvent = 0;

/** A chat of the sample with an id that nobody has sent, and every id as long as LibreChat's. */
function freshEvent(): TrackEvent {
  nextEvent += 1;
  const chat = chats[nextEvent % chats.length]!;
  const digest = hex(`event ${process.pid} ${nextEvent}`);
  return {
    ...chat,
    id: `${digest.slice(0, 32)}-${digest.slice(32, 48)}`,
    session_id: uuid(hex(`session ${String(chat["session_id"])}`)),
    user_id: hex(`user ${String(chat["user_id"])}`).slice(0, 24),
    message_id: uuid(hex(`message ${process.pid} ${nextEvent}`)),
  };
}

function hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function uuid(digest: string): string {
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => digest.slice(from, to)).join("-");
}

const post = (path: string, body: unknown): Buffer => prepareRequest("POST", path, headers, JSON.stringify(body));

try {
  const candidates: Candidate[] = [
    { name: "tracker, directly", ...direct },
    { name: "TypeScript Worker", ...comparison },
    { name: "lean TypeScript Worker", ...lean },
    { name: "tracker, through the front door", ...suite },
  ].map(({ name, url, workerd }) => ({ name, url, workerd, singles: [], singleCpu: [], eventsPerSecond: [], eventCpu: [], repeatsPerSecond: [] }));
  await measureSingles(candidates, 100);
  for (let round = 0; round < rounds; round += 1) {
    // Another one first each time: whoever follows the batches of a round finds colder caches.
    const inTurn = candidates.map((_, place) => candidates[(place + round) % candidates.length]!);
    const cpu = inTurn.map(({ workerd }) => cpuMilliseconds(workerd));
    const durations = await measureSingles(inTurn, singlesPerRound);
    for (const [place, candidate] of inTurn.entries()) {
      candidate.singles.push(durations[place]!);
      candidate.singleCpu.push((cpuMilliseconds(candidate.workerd) - cpu[place]!) / singlesPerRound);
    }
    for (const candidate of inTurn) await measureBatches(candidate);
    console.log(`  round ${round + 1} of ${rounds}`);
  }
  for (const { database } of [direct, comparison]) await requireAllSums(database);
  report(candidates);
  await reportStorage();
  await reportTrace();
  await reportLongTrace();
  reportSizes();
} finally {
  for (const { stop } of [suite, direct, comparison, lean]) await stop();
  rmSync(directory, { recursive: true, force: true });
}

/** So many events to each, by turns; how long each took, by candidate. */
async function measureSingles(candidates: readonly Candidate[], count: number): Promise<number[][]> {
  const takers = await Promise.all(candidates.map(async ({ name, url }) => ({
    name,
    client: await ClosedLoop.open(url),
    requests: Array.from({ length: count }, () => post("/track/interaction", freshEvent())),
    durations: [] as number[],
  })));
  for (let start = 0; start < count; start += singlesPerTurn) {
    for (const { name, client, requests, durations } of takers) {
      for (const request of requests.slice(start, start + singlesPerTurn)) {
        const { status, durationMs } = await client.send(request);
        if (status >= 300) throw new Error(`${name} answered ${status}`);
        durations.push(durationMs);
      }
    }
  }
  for (const { client } of takers) client.close();
  return takers.map(({ durations }) => durations);
}

async function measureBatches(candidate: Candidate): Promise<void> {
  const client = await ClosedLoop.open(candidate.url);
  const batches = Array.from({ length: batchesPerRound }, () =>
    post("/track/batch", { events: Array.from({ length: batchSize }, freshEvent) }));
  for (const rates of [candidate.eventsPerSecond, candidate.repeatsPerSecond]) {
    const started = performance.now();
    const cpu = cpuMilliseconds(candidate.workerd);
    for (const batch of batches) {
      const { status } = await client.send(batch);
      if (status >= 300) throw new Error(`${candidate.name} answered ${status} to a batch`);
    }
    rates.push((batchesPerRound * batchSize * 1000) / (performance.now() - started));
    if (rates === candidate.eventsPerSecond) candidate.eventCpu.push((cpuMilliseconds(candidate.workerd) - cpu) / (batchesPerRound * batchSize));
  }
  client.close();
}

function report(candidates: readonly Candidate[]): void {
  console.log(`\nIngestion, ${availableParallelism()} cores, ${rounds} interleaved rounds, one connection; CPU is all of workerd's, the database's included`);
  const titles = ["one event p50", "p95", "p99", "max", "CPU", `${batchSize} a batch`, "CPU an event", "the same again"];
  console.log(`${"".padEnd(34)}${titles.map((title) => title.padStart(15)).join("")}`);
  for (const { name, singles, singleCpu, eventsPerSecond, eventCpu, repeatsPerSecond } of candidates) {
    const each = singles.map(summarise);
    const columns = [
      ...(["p50", "p95", "p99", "max"] as const).map((field) => milliseconds(median(each.map((summary) => summary[field])))),
      milliseconds(median(singleCpu)),
      `${Math.round(median(eventsPerSecond))}/s`,
      milliseconds(median(eventCpu)),
      `${Math.round(median(repeatsPerSecond))}/s`,
    ];
    console.log(`${name.padEnd(34)}${columns.map((column) => column.padStart(15)).join("")}`);
  }
  const [ours, ...others] = candidates;
  const percentile = (field: "p50" | "p99") => ({ singles }: Candidate): number[] => singles.map((round) => summarise(round)[field]);
  for (const theirs of others.slice(0, 2)) {
    const ratio = (of: (candidate: Candidate) => number[]): string =>
      median(of(ours!).map((value, round) => value / of(theirs)[round]!)).toFixed(2);
    console.log(`tracker to ${theirs.name}, median of the rounds: p50 ×${ratio(percentile("p50"))}, p99 ×${ratio(percentile("p99"))}, batches ×${ratio(({ eventsPerSecond }) => eventsPerSecond)}`);
  }
  const rows = (wanted: string): string => {
    const of = written.filter(({ route }) => route === wanted);
    return (of.reduce((sum, { rows_written }) => sum + rows_written, 0) / of.reduce((sum, { accepted }) => sum + accepted, 0)).toFixed(1);
  };
  console.log(`Rows written an event, as D1 counts them (indexes included): ${rows("trackInteraction")} alone, ${rows("trackBatch")} in a batch of ${batchSize}`);
}

/** Both do the same work only if every sum counts every interaction. */
async function requireAllSums(database: Database): Promise<void> {
  const expected = await database.prepare("SELECT COUNT(*) AS n FROM interactions").first<number>("n");
  for (const table of ["sessions", "usage_daily", "daily_stats", "daily_model_stats", "daily_agent_model_stats", "weekly_stats"]) {
    const counted = await database.prepare(`SELECT SUM(interaction_count) AS n FROM ${table}`).first<number>("n");
    if (counted !== expected) throw new Error(`${table} counts ${counted} of ${expected} interactions`);
  }
  const latencies = await database.prepare("SELECT SUM(j.value) AS n FROM latency_daily d, json_each(d.duration_counts) j").first<number>("n");
  const measured = await database
    .prepare("SELECT COUNT(*) AS n FROM interactions WHERE type = 'chat' AND status = 'ok' AND duration_ms IS NOT NULL").first<number>("n");
  if (latencies !== measured) throw new Error(`latency_daily counts ${latencies} of ${measured} latencies`);
}

/** What an interaction takes in the database, its estimate and its share of the rollups included. */
async function reportStorage(): Promise<void> {
  const count = await direct.database.prepare("SELECT count(*) AS n FROM interactions").first<number>("n");
  const meta = (await direct.database.prepare("SELECT 1").run()).meta;
  const empty = await emptySize();
  console.log(`\nStorage: ${Math.round((meta.size_after - empty) / (count ?? 1))} bytes an interaction (${count} interactions)`);
}

/** A ledger with prices and no interaction. */
async function emptySize(): Promise<number> {
  const fresh = await startSuite(options);
  try {
    await copyPrices(suite.database, [fresh.database]);
    return (await fresh.database.prepare("SELECT 1").run()).meta.size_after;
  } finally {
    await fresh.stop();
  }
}

/** What a megabyte of LibreChat's traces takes: as captured, and with nothing in it to record. */
async function reportTrace(): Promise<void> {
  const count = 30;
  const client = await ClosedLoop.open(direct.url);
  console.log(`\nLibreChat's traces: ${count} bodies each; CPU is all of workerd's`);
  const bodies: [string, (salt: number) => string][] = [
    ["as captured", capturedTrace],
    ["three calls with long prompts", longPrompts],
    ["the same without an interaction: receiving and parsing alone", (salt) => longPrompts(salt).replaceAll(/"stringValue":"(?:generation|tool)"/g, '"stringValue":"chain"')],
  ];
  for (const [what, bodyOf] of bodies) {
    const requests = Array.from({ length: count }, (_, salt) => bodyOf(salt)).map((body) => prepareRequest("POST", "/api/public/otel/v1/traces", headers, body));
    const before = cpuMilliseconds(direct.workerd);
    const durations: number[] = [];
    for (const request of requests) {
      const { status, durationMs } = await client.send(request);
      if (status >= 300) throw new Error(`the trace was answered ${status}`);
      durations.push(durationMs);
    }
    const cpu = (cpuMilliseconds(direct.workerd) - before) / count;
    const { p50, p99 } = summarise(durations);
    console.log(`  ${(requests[0]!.length / 1_048_576).toFixed(2)} MiB, ${what}: CPU ${milliseconds(cpu)}, p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`);
  }
  client.close();
}

/** What a body takes that repeats a context of a megabyte: its CPU, and the Wasm memory above a Worker's that has
 * answered something small. In a suite of its own, since Wasm memory never shrinks. */
async function reportLongTrace(): Promise<void> {
  const [cpuMsMax, memoryMiBMax, count] = [150, 24, 8];
  const fresh = await started(() => startSuite({ ...options, primary: "analytics-tracker" }));
  try {
    await storeKey(fresh.database, ingest);
    const client = await ClosedLoop.open(fresh.url);
    const send = async (body: string): Promise<void> => {
      const { status } = await client.send(prepareRequest("POST", "/api/public/otel/v1/traces", headers, body));
      if (status >= 300) throw new Error(`the trace was answered ${status}`);
    };
    const wasmMiB = (): number => wasmMemoryBytes(fresh.workerd).reduce((sum, bytes) => sum + bytes, 0) / 1_048_576;
    for (let warm = 0; warm < 5; warm += 1) await send(capturedTrace(9_000 + warm));
    const idleMiB = wasmMiB();
    console.log("\nLong bodies of LibreChat's: workerd's CPU in all, and of its main thread; 1 MB is in the same run");
    for (const megabytes of [1, 22, 60]) {
      const bodies = Array.from({ length: count }, (_, salt) => longPrompts(10_000 + 100 * megabytes + salt, megabytes * 1_000_000));
      const costs: { all: number; main: number }[] = [];
      for (const body of bodies) {
        const before = { all: cpuMs(fresh.workerd), main: mainThreadCpuMs(fresh.workerd) };
        await send(body);
        costs.push({ all: cpuMs(fresh.workerd) - before.all, main: mainThreadCpuMs(fresh.workerd) - before.main });
      }
      const [all, main] = [median(costs.map((cost) => cost.all)), median(costs.map((cost) => cost.main))];
      console.log(`  ${(bodies[0]!.length / 1_000_000).toFixed(1)} MB: CPU ${milliseconds(all)} (main thread ${milliseconds(main)}), Wasm memory +${(wasmMiB() - idleMiB).toFixed(1)} MiB on ${idleMiB.toFixed(1)} MiB${megabytes === 22 ? ` (bounds ${cpuMsMax} ms, ${memoryMiBMax} MiB)` : ""}`);
    }
    client.close();
  } finally {
    await fresh.stop();
  }
}

/** Fourteen times what LibreChat sent, a megabyte with 42 calls; other span ids each time, since the same again would only be looked up. */
function capturedTrace(salt: number): string {
  const spans = Array.from({ length: 14 }, (_, copy) =>
    (JSON.parse(withFreshSpanIds(movedTo(openaiAnthropicError, new Date()), `${salt}-${copy}`)) as { resourceSpans: unknown[] }).resourceSpans).flat();
  return JSON.stringify({ resourceSpans: spans });
}

/** What LibreChat sent, its prompts and answers lengthened to a megabyte or more. */
function longPrompts(salt: number, bytes = 1_000_000): string {
  const body = JSON.parse(withFreshSpanIds(movedTo(openaiAnthropicError, new Date()), `long-${salt}`));
  const spans = body.resourceSpans.flatMap(({ scopeSpans }: any) => scopeSpans).flatMap(({ spans }: any) => spans);
  const contents = spans.flatMap(({ attributes }: any) => attributes).filter(({ key }: any) => /\.(input|output)$/.test(key));
  const line = "a \"quoted\" line of a long conversation, in JSON inside JSON\\n\n";
  for (const { value } of contents) value.stringValue = line.repeat(Math.ceil(bytes / contents.length / (line.length + 5)));
  return JSON.stringify(body);
}

function withFreshSpanIds(body: string, salt: string): string {
  let seed = 0;
  for (const character of salt) seed = (seed * 31 + character.charCodeAt(0)) >>> 0;
  const prefix = (seed ^ process.pid).toString(16).padStart(8, "0").slice(-8);
  return body.replaceAll(/("(?:spanId|parentSpanId)"\s*:\s*")[0-9a-f]{8}/g, `$1${prefix}`);
}

function reportSizes(): void {
  for (const name of workerNames) {
    const build = join(workerDirectory(name), "build");
    const javascript = gzipSync(readFileSync(join(build, "index.js"))).length;
    console.log(`${name}: Wasm ${Math.round(wasmSizeGzipped(workerDirectory(name)) / 1000)} kB gzipped (${Math.round(statSync(join(build, "index_bg.wasm")).size / 1000)} kB), JavaScript ${Math.round(javascript / 1000)} kB`);
  }
}

async function copyPrices(from: Database, to: readonly Database[]): Promise<void> {
  const { results } = await from.prepare("SELECT * FROM prices").all<Record<string, unknown>>();
  const columns = Object.keys(results[0] ?? {});
  if (columns.length === 0) throw new Error("the price book is empty: the snapshot was not loaded");
  const state = await from.prepare("SELECT price_book_version AS version FROM ledger_state").first<number>("version");
  for (const database of to) {
    for (let start = 0; start < results.length; start += 1_000) {
      await database
        .prepare(`INSERT INTO prices (${columns.join(", ")}) SELECT ${columns.map((column) => `value->>'${column}'`).join(", ")} FROM json_each(?1)`)
        .bind(JSON.stringify(results.slice(start, start + 1_000)))
        .run();
    }
    await database.prepare("UPDATE ledger_state SET price_book_version = CAST(?1 AS INTEGER)").bind(state).run();
  }
}
