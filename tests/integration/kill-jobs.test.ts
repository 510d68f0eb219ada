// The runtime is killed in the middle of each job, at moments that a seed decides, while events are sent
// again: afterwards every event is there once, the sums are those of an undisturbed run, and verification
// finds nothing. SEEDS=… runs more of them, FIRST_SEED=… begins elsewhere (`make chaos`).
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sampleHistory, type TrackEvent } from "../../scripts/sample/history.ts";
import { type Random, randomOf } from "../../scripts/sample/random.ts";
import { endRunsOfStoppedSuite } from "../../scripts/suite/end-runs-of-stopped-suite.ts";
import { canKillWorkerd, killWorkerdOf } from "./kill-workerd.ts";
import { type Answer, openSuite, type OpenSuite } from "./open-suite.ts";

const seedCount = Number(process.env["SEEDS"] ?? 1);
const firstSeed = Number(process.env["FIRST_SEED"] ?? 1);
const skip = !canKillWorkerd && "needs /proc";

const directory = mkdtempSync(join(tmpdir(), "tokentill-chaos-"));
after(() => rmSync(directory, { recursive: true, force: true }));

const batchSize = 100;
const history = sampleHistory(new Date(), 100);
/** Some that are old enough for the archive, and some of the last days. */
const events = [...history.slice(0, 700), ...history.slice(-700)];
const batches: TrackEvent[][] = [];
for (let start = 0; start < events.length; start += batchSize) batches.push(events.slice(start, start + batchSize));
const options = { variables: { RETENTION_DAYS: "60" } };

interface Job {
  name: string;
  path: string;
  body?: unknown;
}

const jobs: readonly Job[] = [
  { name: "reprice", path: "/admin/reprice" },
  { name: "archive", path: "/admin/archive" },
  { name: "verify", path: "/admin/verify" },
  { name: "sync", path: "/pricing/sync", body: { source: "snapshot" } },
];
/** As much as a whole run of one of them takes, so that kills fall all over it. */
const longestMs = 600;

const base = join(directory, "base");
let undisturbed: unknown;

before(async () => {
  if (skip !== false) return;
  const suite = await openSuite({ ...options, persist: base });
  await sendAll(suite);
  await giveMissingPrice(suite);
  await suite.stop();
  const calm = await openOn(copyOfBase("calm"));
  await finishJobs(calm);
  undisturbed = await soundLedgerOf(calm);
  await calm.stop();
});

const seeds = Array.from({ length: seedCount }, (_, index) => firstSeed + index);

test("no kill of any job changes the ledger", { skip }, async (context) => {
  for (const seed of seeds) await context.test(`seed ${seed}`, () => killEveryJob(seed));
});

test("no kill while the first prices come in keeps the next start from having them all", { skip }, async (context) => {
  for (const seed of seeds) await context.test(`seed ${seed}`, () => killFirstSync(seed));
});

async function killEveryJob(seed: number): Promise<void> {
  const random = randomOf(`kill jobs ${seed}`);
  const persist = copyOfBase(`seed-${seed}`);
  const order = jobs.map((job) => ({ job, at: random.fraction() })).toSorted((a, b) => a.at - b.at);
  const kills: string[] = [];
  try {
    for (const { job } of order) kills.push(`${job.name} after ${await killDuring(persist, job, random)} ms`);
    const suite = await openOn(persist);
    await sendAll(suite);
    await finishJobs(suite);
    assert.deepEqual(await soundLedgerOf(suite), undisturbed);
    await suite.stop();
  } catch (error) {
    throw new Error(`killed: ${kills.join(", ")}`, { cause: error });
  }
  rmSync(persist, { recursive: true, force: true });
}

async function killFirstSync(seed: number): Promise<void> {
  const random = randomOf(`kill the first sync ${seed}`);
  const persist = join(directory, `prices-${seed}`);
  const sync = jobs.find(({ name }) => name === "sync")!;
  for (let kill = 0; kill < 2; kill += 1) await killDuring(persist, sync, random, { prices: false, longestMs: 2_500 });
  const suite = await openOn(persist, { prices: false });
  const answer = await run(suite, sync);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(await bookOf(suite), await bookOfBase());
  await suite.stop();
  rmSync(persist, { recursive: true, force: true });
}

function copyOfBase(name: string): string {
  const copy = join(directory, name);
  cpSync(base, copy, { recursive: true });
  return copy;
}

/** Opens a suite as `make dev` does on a database that nobody else has open. */
async function openOn(persist: string, more: { prices?: boolean } = {}): Promise<OpenSuite> {
  const suite = await openSuite({ ...options, ...more, persist });
  await endRunsOfStoppedSuite(suite.database, Date.now());
  return suite;
}

const run = (suite: OpenSuite, { path, body }: Job): Promise<Answer> =>
  suite.call(path, { method: "POST", key: suite.keys.admin, ...(body !== undefined && { body }) });

/** Kills workerd while the job runs, and events are sent again beside it; answers with when. */
async function killDuring(persist: string, job: Job, random: Random, more: { prices?: boolean; longestMs?: number } = {}): Promise<number> {
  const suite = await openOn(persist, more);
  let delayMs = random.integer(0, more.longestMs ?? longestMs);
  for (;;) {
    let isAnswered = false;
    const running = run(suite, job).then(() => { isAnswered = true; }, () => undefined);
    const sending = more.prices === false ? Promise.resolve() : send(suite, random.pick(batches.map((batch) => [1, batch] as const))).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    // It was done sooner: once more, and earlier.
    if (isAnswered && delayMs > 0) {
      await sending;
      delayMs = Math.floor(delayMs / 2);
      continue;
    }
    assert.ok(killWorkerdOf(process.pid).length > 0, "there was a runtime to kill");
    await Promise.all([running, sending]);
    await suite.stop().catch(() => undefined);
    return delayMs;
  }
}

async function send(suite: OpenSuite, batch: readonly TrackEvent[]): Promise<void> {
  const { status, json, text } = await suite.call("/track/batch", { body: { events: batch }, key: suite.keys.backfill });
  assert.equal(status, 200, text);
  assert.deepEqual([json.counts.conflict, json.counts.rejected], [0, 0], text.slice(0, 500));
}

async function sendAll(suite: OpenSuite): Promise<void> {
  for (const batch of batches) await send(suite, batch);
}

/** What re-pricing has to do. */
async function giveMissingPrice(suite: OpenSuite): Promise<void> {
  const valid_from = new Date(Date.now() - 400 * 86_400_000).toISOString();
  for (const resource_type of ["input", "output"]) {
    const { status, text } = await suite.call("/pricing/overrides", {
      key: suite.keys.admin,
      body: { provider: "acme", model: "acme-llama-3.3-70b", resource_type, rate: "3", per: 1_000_000, valid_from, reason: "a contract" },
    });
    assert.equal(status, 200, text);
  }
}

/** Every job until it has nothing left to do. */
async function finishJobs(suite: OpenSuite): Promise<void> {
  for (const job of jobs) {
    for (let turn = 0; ; turn += 1) {
      const { status, json, text } = await run(suite, job);
      assert.equal(status, 200, `${job.name}: ${text}`);
      const { summary } = json;
      if (summary?.is_more !== true && summary?.is_pass_finished !== false) break;
      assert.ok(turn < 200, `${job.name} comes to an end`);
    }
  }
}

/** What counts, once it is clear that it agrees with itself. */
async function soundLedgerOf(suite: OpenSuite): Promise<unknown> {
  const { json } = await suite.call("/integrity");
  assert.deepEqual([json.status, json.verification.findings], ["ok", []], JSON.stringify(json).slice(0, 2_000));
  const ids = await suite.rows<{ id: string }>("SELECT id FROM interactions UNION ALL SELECT id FROM interactions_archive ORDER BY id");
  assert.deepEqual(ids.map(({ id }) => id), events.map(({ id }) => id).toSorted());
  return {
    days: await suite.rows("SELECT day, model, type, sum(interaction_count) AS n, CAST(sum(total_cost) AS TEXT) AS total FROM usage_daily GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
    archived: await suite.rows("SELECT id FROM interactions_archive ORDER BY id"),
    book: await bookOf(suite),
  };
}

function bookOf(suite: OpenSuite): Promise<unknown[]> {
  return suite.rows("SELECT provider, model, resource_type, count(*) AS n, CAST(sum(rate) AS TEXT) AS rates FROM prices WHERE provider <> 'acme' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
}

let book: unknown[] | undefined;

async function bookOfBase(): Promise<unknown[]> {
  if (book === undefined) {
    const suite = await openOn(copyOfBase("book"));
    book = await bookOf(suite);
    await suite.stop();
  }
  return book;
}
