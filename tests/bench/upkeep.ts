// What keeping a large ledger costs on D1 in workerd: a whole verification of a million interactions
// and archival, while events come in; then questions about five million archived ones, and archival
// into them. INTERACTIONS and ARCHIVED choose other sizes, PARTS=keeping or PARTS=archive one of the two,
// ROUNDS how often a question is asked.
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { buildWorkers } from "../../scripts/build-workers.ts";
import { newKey, type NewKey, storeKey } from "../../scripts/suite/api-keys.ts";
import { ClosedLoop, prepareRequest } from "./closed-loop.ts";
import { type LargeSuite, sizeFromEnvironment, startOnLargeLedger } from "./large-ledger/large-ledger.ts";
import { milliseconds, summarise } from "./latencies.ts";

const rounds = Number(process.env["ROUNDS"] ?? 20);
/** Between two events of the traffic beside a job. */
const pauseMs = 20;

interface Run {
  job: string;
  duration_ms: number;
  longest_batch_ms: number;
  summary: Record<string, number | boolean>;
}

const ingest = newKey("bench", ["ingest"]);
const admin = newKey("bench admin", ["admin"]);
const runs: Run[] = [];
let suite: LargeSuite;
let nextEvent = 0;

await buildWorkers("release");
const parts = (process.env["PARTS"] ?? "keeping,archive").split(",");
if (parts.includes("keeping")) {
  await onLedger(0, async () => {
    await sendEvents(200, 0);
    reportEvents("events alone", await sendEvents(300, pauseMs));
    await measure("verification", async () => {
      for (;;) {
        const run = await runJob("verify");
        if (run.summary["finding_count"] !== 0) throw new Error(`the ledger is sound, and ${run.summary["finding_count"]} differences were found`);
        if (run.summary["is_pass_finished"] === true) return;
      }
    });
    await measure("archival", archiveThrice);
  });
}
if (parts.includes("archive")) {
  await onLedger(Number(process.env["ARCHIVED"] ?? 5_000_000), async () => {
    await askAboutTheArchive();
    await measure("archival", archiveThrice);
  });
}

async function onLedger(archivedCount: number, work: () => Promise<void>): Promise<void> {
  suite = await startOnLargeLedger({
    outbound: () => { throw new Error("no network while measuring"); },
    // A part of the year is older than this.
    variables: { COOKIE_SECRET: "a secret of the benchmark, long enough", RETENTION_DAYS: "300" },
    onLog: (line) => {
      if (line.includes('"event":"job"')) runs.push(JSON.parse(line) as Run);
    },
  }, { ...sizeFromEnvironment(), archived: archivedCount });
  try {
    console.log(`\nUpkeep, ${availableParallelism()} cores: ${suite.size.interactions} interactions${archivedCount > 0 ? `, and ${archivedCount} archived` : ""}`);
    for (const key of [ingest, admin]) await addKey(key);
    await work();
  } finally {
    await suite.stop();
  }
}

async function addKey(key: NewKey): Promise<void> {
  await storeKey(suite.database, key);
}

async function archiveThrice(): Promise<void> {
  for (let run = 0; run < 3; run += 1) await runJob("archive");
}

function headersOf(key: NewKey): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}`, "content-type": "application/json" };
}

/** Runs a job as an admin does; its line in the log says what it did and how long it took. */
async function runJob(job: "verify" | "archive"): Promise<Run> {
  const before = runs.length;
  const response = await fetch(`${suite.url}/admin/${job}`, { method: "POST", headers: headersOf(admin) });
  if (!response.ok) throw new Error(`${job} was answered ${response.status}: ${await response.text()}`);
  await response.text();
  while (runs.length === before) await sleep(1);
  return runs.at(-1)!;
}

/** Sends events one after the other, each `pause` after the last one's answer; `until` ends it early. */
async function sendEvents(count: number, pause: number, until: () => boolean = () => false): Promise<number[]> {
  const client = await ClosedLoop.open(suite.url);
  const durations: number[] = [];
  while (durations.length < count && !until()) {
    nextEvent += 1;
    const body = JSON.stringify({
      id: `upkeep-${process.pid}-${nextEvent}`, type: "chat", session_id: `upkeep-${nextEvent % 50}`, user_id: "bench", timestamp: new Date(Date.now() - 1000).toISOString(),
      provider: "openAI", model_name: "gpt-5-mini", usage_convention: "disjoint", usage: { input: 900, output: 120 }, duration_ms: 800,
    });
    const { status, durationMs } = await client.send(prepareRequest("POST", "/track/interaction", headersOf(ingest), body));
    if (status !== 201) throw new Error(`an event was answered ${status}`);
    durations.push(durationMs);
    if (pause > 0) await sleep(pause);
  }
  client.close();
  return durations;
}

function reportEvents(what: string, durations: readonly number[]): void {
  const { count, p50, p99, max } = summarise(durations);
  console.log(`  ${what.padEnd(32)} ${count} events: p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}, longest ${milliseconds(max)}`);
}

/** Runs a job while events come in. */
async function measure(job: string, work: () => Promise<void>): Promise<void> {
  const first = runs.length;
  let isOver = false;
  const events = sendEvents(Infinity, pauseMs, () => isOver);
  try {
    await work();
  } finally {
    isOver = true;
  }
  const durations = await events;
  const own = runs.slice(first);
  const sum = (name: string): number => own.reduce((total, { summary }) => total + Number(summary[name] ?? 0), 0);
  const tookMs = own.reduce((total, { duration_ms }) => total + duration_ms, 0);
  const moved = sum("interaction_count");
  const slices = sum("slice_count") + sum("chunk_count");
  console.log(`\n${job}: ${moved} interactions in ${own.length} runs, ${(tookMs / 1000).toFixed(1)} s; ${slices} slices of ${(tookMs / slices).toFixed(1)} ms each; the longest batch ${Math.max(...own.map(({ longest_batch_ms }) => longest_batch_ms))} ms`);
  console.log(`  10,000 interactions take ${((tookMs * 10_000) / moved / 1000).toFixed(2)} s`);
  reportEvents("events beside it", durations);
}

/** Questions that the archive alone can answer. */
async function askAboutTheArchive(): Promise<void> {
  const one = async (sql: string): Promise<string> => encodeURIComponent(String(await suite.database.prepare(sql).first("id")));
  const middle = "(SELECT max(interaction_key) / 2 FROM interactions_archive)";
  const interaction = await one(`SELECT id FROM interactions_archive WHERE interaction_key >= ${middle} LIMIT 1`);
  const session = await one(`SELECT n.id FROM interactions_archive JOIN session_ids n USING (session_key) WHERE interaction_key >= ${middle} LIMIT 1`);
  const day = await suite.database.prepare(`SELECT day FROM interactions_archive WHERE interaction_key >= ${middle} LIMIT 1`).first<string>("day");
  const from = new Date(Date.parse(day!) - 29 * 86_400_000).toISOString().slice(0, 10);
  const month = `start_date=${from}&end_date=${day}`;
  const client = await ClosedLoop.open(suite.url);
  console.log("\nquestions about the archive");
  for (const path of [
    `/sessions?${month}`, `/sessions?${month}&sort=cost&limit=100`, `/sessions?q=${interaction}`, `/sessions/${session}`, `/sessions/${session}/interactions`,
    `/interactions/${interaction}/cost`, `/stats/daily?${month}&group_by=model&include=sessions,latency`, `/stats/system?${month}&include=sessions,latency`,
    `/stats/users?${month}`, `/stats/daily?start_date=${day}&end_date=${day}&granularity=hour`,
  ]) {
    const durations: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { status, durationMs } = await client.send(prepareRequest("GET", path, headersOf(admin)));
      if (status !== 200) throw new Error(`${path} was answered ${status}`);
      durations.push(durationMs);
    }
    const { p50, max } = summarise(durations);
    console.log(`  ${path.replace(/[0-9a-z%_-]{24,}/i, "{id}").padEnd(86)} p50 ${milliseconds(p50)}, longest ${milliseconds(max)}`);
  }
  client.close();
}
