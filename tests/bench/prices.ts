// The price book in the real runtime: what a sync of LiteLLM's list costs the Worker, what a first
// load takes, and how fast rates are answered.
//
// CPU and memory are those of the workerd process, D1 included, for a dry run of the real list less
// those of the same request when the list has not changed (304). One workerd runs all three Workers
// and D1, so both figures are upper bounds of what pricing-sync itself takes.
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { buildWorkers } from "../../scripts/build-workers.ts";
import { root } from "../../scripts/repository.ts";
import { newKey, storeKey } from "../../scripts/suite/api-keys.ts";
import { startSuite } from "../../scripts/suite/start-suite.ts";
import { ClosedLoop, prepareRequest } from "./closed-loop.ts";
import { median, milliseconds, summarise } from "./latencies.ts";
import { cpuMs, highWaterBytes, mainThreadCpuMs, ownWorkerds, resetHighWater, wasmMemoryBytes } from "./process-cost.ts";

const rounds = Number(process.env["ROUNDS"] ?? 9);
const requestsPerQuery = 60;
const bounds = { cpuMs: 400, memoryMiB: 64, statements: 60, ratesMs: 30 };

await buildWorkers("release");
const list = gunzipSync(readFileSync(join(root, "crates", "price-feeds", "tests", "data", "litellm-1.109.1.json.gz"))).toString();
/** The list with every hundredth input price a tenth higher, as on a day with many changes. */
let entry = 0;
const changedList = list.replaceAll(/"input_cost_per_token": ([0-9.e-]+)/g, (whole, price: string) =>
  ++entry % 100 === 0 ? `"input_cost_per_token": ${Number(price) * 1.1}` : whole);

let served = { text: list, etag: '"real"' };
const server = createServer((request, response) => {
  if (request.headers["if-none-match"] === served.etag) {
    response.writeHead(304).end();
  } else {
    response.writeHead(200, { "content-type": "application/json", etag: served.etag }).end(served.text);
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const directory = mkdtempSync(join(tmpdir(), "tokentill-bench-"));
const suite = await startSuite({
  persist: directory,
  onLog: () => undefined,
  variables: {
    COOKIE_SECRET: "a secret of the benchmark, long enough",
    PRICE_LIST_URL_LITELLM: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    PRICE_LIST_URL_GENAI_PRICES: "off",
    PRICE_LIST_URL_MODELS_DEV: "off",
    PRICE_LIST_URL_OPENROUTER: "off",
  },
});
const admin = newKey("bench admin", ["admin"]);
await storeKey(suite.database, admin);
const headers = { authorization: `Bearer ${admin.secret}`, "content-type": "application/json" };

interface SyncAnswer {
  status: string;
  report: { rate_count: number; changed_models: number; opened: number; statements: number } | null;
}

async function sync(body: Record<string, unknown>): Promise<SyncAnswer> {
  const response = await fetch(`${suite.url}/pricing/sync`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST /pricing/sync answered ${response.status}: ${text}`);
  return JSON.parse(text) as SyncAnswer;
}

try {
  console.log(`Prices, ${availableParallelism()} cores`);
  await reportFirstLoad();
  await reportSync();
  await reportRates();
} finally {
  await suite.stop();
  server.close();
  rmSync(directory, { recursive: true, force: true });
}

async function reportFirstLoad(): Promise<void> {
  const started = performance.now();
  const { report } = await sync({ source: "snapshot" });
  const took = performance.now() - started;
  console.log(`\nFirst load of ${report!.rate_count} rates: ${report!.statements} statements (bound ${bounds.statements}), ${milliseconds(took)}`);
  if (report!.statements >= bounds.statements) throw new Error("the first load takes too many statements");
}

interface Cost {
  cpuMs: number;
  mainMs: number;
  grownMiB: number;
}

async function reportSync(): Promise<void> {
  const [workerd, ...more] = ownWorkerds();
  if (workerd === undefined || more.length > 0) throw new Error("one workerd was expected");
  const costOf = async (body: Record<string, unknown>, expected: string): Promise<Cost & { answer: SyncAnswer }> => {
    resetHighWater(workerd);
    const before = { cpu: cpuMs(workerd), main: mainThreadCpuMs(workerd), bytes: highWaterBytes(workerd) };
    const answer = await sync(body);
    if (answer.status !== expected) throw new Error(`the sync is ${answer.status}, not ${expected}`);
    return {
      answer,
      cpuMs: cpuMs(workerd) - before.cpu,
      mainMs: mainThreadCpuMs(workerd) - before.main,
      grownMiB: (highWaterBytes(workerd) - before.bytes) / 2 ** 20,
    };
  };
  await sync({ source: "litellm" });
  const costs: Record<"304" | "the real list, changed", Cost[]> = { "304": [], "the real list, changed": [] };
  let changed: SyncAnswer["report"] = null;
  // The first rounds pay for compiling the Wasm and are left out.
  for (let round = -2; round < rounds; round += 1) {
    served = { text: list, etag: '"real"' };
    const unchanged = await costOf({ source: "litellm", dry_run: true }, "unchanged");
    served = { text: changedList, etag: '"changed"' };
    const real = await costOf({ source: "litellm", dry_run: true }, "synced");
    changed = real.answer.report;
    if (round < 0) continue;
    costs["304"].push(unchanged);
    costs["the real list, changed"].push(real);
  }
  console.log(`\nA dry run of LiteLLM's list (${(changedList.length / 1e6).toFixed(1)} MB, ${changed!.rate_count} rates, ${changed!.changed_models} models changed, ${changed!.statements} statements), medians of ${rounds} interleaved rounds:`);
  for (const [what, of] of Object.entries(costs)) {
    console.log(`  ${what.padEnd(24)} CPU of workerd ${milliseconds(median(of.map((cost) => cost.cpuMs)))}, of its main thread ${milliseconds(median(of.map((cost) => cost.mainMs)))}, memory +${median(of.map((cost) => cost.grownMiB)).toFixed(1)} MiB`);
  }
  const difference = (field: keyof Cost): number =>
    median(costs["the real list, changed"].map((cost, round) => cost[field] - costs["304"][round]![field]));
  const wasm = wasmMemoryBytes(workerd).map((bytes) => bytes / 2 ** 20);
  console.log(`  parsed and diffed: CPU ${milliseconds(difference("cpuMs"))} (bound ${bounds.cpuMs} ms), memory +${difference("grownMiB").toFixed(1)} MiB, largest Wasm memory ${wasm[0]?.toFixed(1)} MiB of ${wasm.length} (bound ${bounds.memoryMiB} MiB)`);
}

async function reportRates(): Promise<void> {
  const client = await ClosedLoop.open(suite.url);
  const lastYear = new Date(Date.now() - 365 * 86_400_000).toISOString();
  const queries = [
    ["the first page", "/pricing/rates"],
    ["a page of 500", "/pricing/rates?limit=500"],
    ["offset 20,000", "/pricing/rates?offset=20000"],
    ["one provider", "/pricing/rates?provider=openai"],
    ["one model", "/pricing/rates?provider=openai&model=gpt-5-mini"],
    ["a part of a name", "/pricing/rates?search=sonnet"],
    ["one source", "/pricing/rates?source=genai-prices"],
    ["a year ago", `/pricing/rates?at=${encodeURIComponent(lastYear)}`],
  ] as const;
  console.log(`\nGET /pricing/rates through the front door, one connection, ${requestsPerQuery} requests each (bound ${bounds.ratesMs} ms):`);
  for (const [what, path] of queries) {
    const request = prepareRequest("GET", path, headers);
    const durations: number[] = [];
    for (let index = -5; index < requestsPerQuery; index += 1) {
      const { status, durationMs } = await client.send(request);
      if (status !== 200) throw new Error(`${path} answered ${status}`);
      if (index >= 0) durations.push(durationMs);
    }
    const { p50, p95, max } = summarise(durations);
    console.log(`  ${what.padEnd(18)} p50 ${milliseconds(p50).padStart(9)}, p95 ${milliseconds(p95).padStart(9)}, max ${milliseconds(max).padStart(9)}`);
  }
  client.close();
}
