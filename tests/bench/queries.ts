// The query API through the real Workers, on a million interactions over a year and five million
// archived ones: how long each answer takes, how many rows D1 read for it, and a month's export.
// INTERACTIONS, ARCHIVED and ROUNDS make it smaller.
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { buildWorkers } from "../../scripts/build-workers.ts";
import { newKey, storeKey } from "../../scripts/suite/api-keys.ts";
import { ClosedLoop, prepareRequest } from "./closed-loop.ts";
import { milliseconds, summarise } from "./latencies.ts";
import { sizeFromEnvironment, startOnLargeLedger } from "./large-ledger/large-ledger.ts";

const rounds = Number(process.env["ROUNDS"] ?? 200);
const dayMs = 86_400_000;

interface Question {
  path: string;
  /** The bound on the 99th percentile. */
  ms: number;
  /** The bound on the rows that D1 reads. */
  rows?: number;
}

const size = { ...sizeFromEnvironment(), archived: Number(process.env["ARCHIVED"] ?? 5_000_000) };
await buildWorkers("release");
let rowsRead = 0;
const suite = await startOnLargeLedger(
  {
    outbound: () => { throw new Error("no network while measuring"); },
    variables: { COOKIE_SECRET: "a secret of the benchmark, long enough" },
    onLog: (line) => {
      const { event, rows_read } = JSON.parse(line) as { event: string; rows_read?: number };
      if (event === "request") rowsRead = rows_read ?? 0;
    },
  },
  size,
);
try {
  const key = newKey("bench", ["read"]);
  await storeKey(suite.database, key);
  const headers = { authorization: `Bearer ${key.secret}` };
  const client = await ClosedLoop.open(suite.url);
  const counts = await suite.database
    .prepare("SELECT (SELECT count(*) FROM interactions) AS hot, (SELECT count(*) FROM interactions_archive) AS old, (SELECT count(*) FROM users) AS users")
    .first<{ hot: number; old: number; users: number }>();
  console.log(`\n${counts?.hot} interactions, ${counts?.old} archived, ${counts?.users} users; ${availableParallelism()} cores, one connection, ${rounds} requests each`);
  console.log(`${"".padEnd(98)}${["p50", "p99", "bound", "rows read", "bound"].map((title) => title.padStart(11)).join("")}`);
  const missed: string[] = [];
  for (const question of await questions()) missed.push(...(await ask(client, headers, question)));
  await askAgain(client, headers);
  client.close();
  await exportMonth(headers);
  console.log(missed.length === 0 ? "\nEvery bound holds." : `\nBounds that do not hold:\n${missed.map((line) => `  ${line}`).join("\n")}`);
} finally {
  await suite.stop();
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * dayMs).toISOString().slice(0, 10);
}

async function first(sql: string): Promise<string> {
  return (await suite.database.prepare(`SELECT (${sql}) AS found`).first<string>("found")) ?? "none";
}

async function questions(): Promise<Question[]> {
  const range = (days: number, end = size.endsOn): string => `start_date=${daysBefore(end, days - 1)}&end_date=${end}`;
  const quarter = range(90);
  const year = range(364);
  const archiveEnd = daysBefore(size.endsOn, 400);
  const user = await first("SELECT user_id FROM users WHERE user_key = 7");
  const session = await first("SELECT id FROM sessions JOIN session_ids USING (session_key) ORDER BY interaction_count DESC LIMIT 1");
  const interaction = await first(`SELECT id FROM interactions WHERE session_key = (SELECT session_key FROM session_ids WHERE id = '${session}') LIMIT 1`);
  const oldSession = await first("SELECT id FROM sessions_archive JOIN session_ids USING (session_key) LIMIT 1");
  const stats = (days: string, ms: number, bounds: { whole?: number; grouped?: number }): Question[] => {
    const whole = bounds.whole === undefined ? {} : { rows: bounds.whole };
    const grouped = bounds.grouped === undefined ? {} : { rows: bounds.grouped };
    const trend = days === year ? "&granularity=week" : "";
    return [
      { path: `/stats/system?${days}`, ms, ...whole },
      { path: `/stats/system?${days}&compare=previous`, ms, ...whole },
      { path: `/stats/system?${days}&compare=previous&include=sessions`, ms, ...whole },
      { path: `/stats/daily?${days}${trend}`, ms, ...whole },
      { path: `/stats/daily?${days}${trend}&compare=previous`, ms, ...whole },
      { path: `/stats/daily?${days}${trend}&include=sessions,latency`, ms, ...whole },
      ...["model", "user", "agent", "provider", "type", "component", "token_type"].map((group) => ({ path: `/stats/daily?${days}${trend}&group_by=${group}&compare=previous`, ms, ...grouped })),
      { path: `/stats/daily?${days}${trend}&user_id=${user}&group_by=model&compare=previous`, ms, ...grouped },
      { path: `/stats/daily?${days}${trend}&model=gpt-5&group_by=user`, ms, ...grouped },
      ...["users", "models", "agents"].map((list) => ({ path: `/stats/${list}?${days}`, ms, ...grouped })),
      ...["users", "models", "agents"].map((list) => ({ path: `/stats/${list}?${days}&compare=previous&include=sessions,trend,latency`, ms, ...grouped })),
      { path: `/stats/users?${days}&model=gpt-5`, ms, ...grouped },
      { path: `/stats/users?${days}&q=a1&sort=tokens`, ms, ...grouped },
      { path: `/stats/users/${user}?${days}&compare=previous`, ms, ...grouped },
    ];
  };
  return [
    ...stats(quarter, 50, { whole: 5_000, grouped: 25_000 }),
    ...stats(year, 100, {}),
    { path: "/sessions", ms: 50 },
    { path: `/sessions?${quarter}`, ms: 50 },
    { path: `/sessions?${quarter}&include=total`, ms: 50 },
    { path: `/sessions?${quarter}&sort=cost`, ms: 50 },
    { path: `/sessions?${quarter}&offset=20000&limit=500`, ms: 50 },
    { path: `/sessions?${quarter}&user_id=${user}`, ms: 50 },
    { path: `/sessions?${quarter}&model=gpt-5&agent=coder`, ms: 50 },
    { path: `/sessions?${quarter}&unpriced=true`, ms: 50 },
    { path: `/sessions?${quarter}&q=${session.slice(0, 8)}`, ms: 50 },
    { path: `/sessions?q=${session.slice(0, 8)}&limit=5`, ms: 500 },
    { path: `/sessions?q=${interaction}`, ms: 500 },
    { path: `/sessions/${session}`, ms: 50 },
    { path: `/sessions/${session}/interactions?type=chat`, ms: 50 },
    { path: `/interactions/${interaction}/cost`, ms: 50 },
    { path: `/sessions?${range(90, archiveEnd)}`, ms: 500 },
    { path: `/sessions?${range(364, archiveEnd)}&sort=cost`, ms: 500 },
    { path: `/sessions?${range(1_800, size.endsOn)}&sort=errors`, ms: 500 },
    ...(oldSession === "none" ? [] : [{ path: `/sessions/${oldSession}`, ms: 500 }]),
    { path: `/stats/daily?${range(1_800, size.endsOn)}&granularity=month&group_by=model`, ms: 500 },
    { path: `/stats/users?${range(1_800, size.endsOn)}`, ms: 500 },
    { path: `/stats/system?${range(1_800, size.endsOn)}&include=sessions`, ms: 500 },
    { path: `/stats/daily?start_date=${archiveEnd}&end_date=${archiveEnd}&granularity=hour&group_by=model`, ms: 500 },
    { path: "/watermark", ms: 50 },
  ];
}

/** Asks until the figures are steady; answers with the bounds that were missed. */
async function ask(client: ClosedLoop, headers: Record<string, string>, { path, ms, rows }: Question): Promise<string[]> {
  const request = prepareRequest("GET", path, headers);
  const durations: number[] = [];
  for (let round = -3; round < rounds; round += 1) {
    const { status, durationMs } = await client.send(request);
    if (status !== 200) throw new Error(`${path} was answered ${status}`);
    if (round >= 0) durations.push(durationMs);
    // A question that takes seconds is known after a few.
    if (round >= 4 && durationMs > 1_000) break;
  }
  // The line is written after the answer.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { p50, p99 } = summarise(durations);
  const isSlow = p99 > ms;
  const isLarge = rows !== undefined && rowsRead > rows;
  const mark = isSlow || isLarge ? "✗" : "✓";
  const columns = [milliseconds(p50), milliseconds(p99), `${ms} ms`, String(rowsRead), rows === undefined ? "" : String(rows)];
  console.log(`${mark} ${path.slice(0, 96).padEnd(96)}${columns.map((column) => column.padStart(11)).join("")}`);
  return [
    ...(isSlow ? [`${path}: p99 ${milliseconds(p99)} over ${ms} ms`] : []),
    ...(isLarge ? [`${path}: ${rowsRead} rows over ${rows}`] : []),
  ];
}

/** A poll that finds nothing new. */
async function askAgain(client: ClosedLoop, headers: Record<string, string>): Promise<void> {
  const path = `/stats/system?start_date=${daysBefore(size.endsOn, 89)}&end_date=${size.endsOn}`;
  const etag = (await fetch(`${suite.url}${path}`, { headers })).headers.get("etag") ?? "";
  const request = prepareRequest("GET", path, { ...headers, "if-none-match": etag });
  const durations: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { status, durationMs } = await client.send(request);
    if (status !== 304) throw new Error(`a poll was answered ${status}`);
    durations.push(durationMs);
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { p50, p99 } = summarise(durations);
  console.log(`  304 to a poll: p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}, ${rowsRead} rows read`);
}

/** A month as CSV: its speed, the runtime's memory meanwhile, and what D1 alone takes for the rows. */
async function exportMonth(headers: Record<string, string>): Promise<void> {
  const days = `start_date=${daysBefore(size.endsOn, 36)}&end_date=${size.endsOn}`;
  for (const path of [`/export/interactions?${days}`, `/export/interactions?${days}&format=ndjson`, `/export/focus?${days}`]) {
    let peakKb = 0;
    const before = workerdKb();
    const sampling = setInterval(() => { peakKb = Math.max(peakKb, workerdKb()); }, 50);
    const started = performance.now();
    const response = await fetch(`${suite.url}${path}`, { headers });
    let bytes = 0;
    let lines = 0;
    let firstMs = 0;
    for await (const chunk of response.body ?? []) {
      firstMs ||= performance.now() - started;
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) lines += 1;
    }
    const seconds = (performance.now() - started) / 1_000;
    clearInterval(sampling);
    console.log(`${path}: ${lines} lines, ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(2)} s, ${(bytes / 1e6 / seconds).toFixed(1)} MB/s, the first after ${milliseconds(firstMs)}; workerd ${Math.round(before / 1024)} MB before, ${Math.round(peakKb / 1024)} MB at most`);
  }
}

/** The resident memory of the workerd that this process started. */
function workerdKb(): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      if (status.includes(`PPid:\t${process.pid}\n`) && status.startsWith("Name:\tworkerd")) return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    } catch {
      // It has just ended.
    }
  }
  return 0;
}
