// The jobs as Cloudflare's cron runs them: scheduled events in workerd, on a real D1.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cronsOf } from "../../scripts/suite/start-suite.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const now = Date.now();
/** An hour that is over, so that no run is scheduled ahead of the clock. */
const hour = Math.floor(now / hourMs) * hourMs - 6 * hourMs;
const cron = cronsOf("analytics-tracker")[0]!;
const minutes = cron.split(" ")[0]!.split(",").map(Number);

interface Run { job: string; scheduled_time: number; status: string; attempt: number; error: string | null; summary: string }

let suite: OpenSuite;

before(async () => {
  suite = await openSuite({ prices: false, variables: { RETENTION_DAYS: "60" } });
  const events = Array.from({ length: 40 }, (_, index) => chat(index, index < 20 ? 100 : 2));
  const { json } = await suite.call("/track/batch", { body: { events }, key: suite.keys.backfill });
  assert.equal(json.counts.accepted, 40);
});
after(() => suite.stop());

/** Without a price list every call is unpriced. */
function chat(index: number, daysAgo: number): Record<string, unknown> {
  return {
    id: `call-${index}`, type: "chat", session_id: `session-${Math.floor(index / 4)}`, user_id: `user-${index % 3}`,
    timestamp: new Date(now - daysAgo * dayMs + index * 1000).toISOString(), provider: "acme", model_name: "acme-large",
    usage_convention: "disjoint", usage: { input: 1000, output: 100 }, duration_ms: 900,
  };
}

/** Runs the tracker's cron at a tick of an hour, counted from 0. */
async function tick(number: number, from = hour): Promise<void> {
  assert.equal(await suite.runScheduled("analytics-tracker", cron, new Date(from + minutes[number]! * minuteMs)), "ok");
}

async function allTicks(from: number): Promise<void> {
  for (let number = 0; number < minutes.length; number += 1) await tick(number, from);
}

const runs = (where = "worker = 'analytics-tracker'"): Promise<Run[]> =>
  suite.rows<Run>(`SELECT job, scheduled_time, status, attempt, error, summary FROM job_runs WHERE ${where} ORDER BY scheduled_time, job`);

/** Everything that the ledger keeps, but for the records of the jobs themselves. */
async function ledger(): Promise<unknown> {
  const tables = ["session_ids", "sessions", "sessions_archive", "interactions", "interactions_archive", "cost_estimates", "cost_estimates_archive", "session_models", "session_days",
    "usage_daily", "daily_stats", "daily_model_stats", "daily_agent_model_stats", "latency_daily", "users", "prices", "ledger_state"];
  return Promise.all(tables.map((table) => suite.rows(`SELECT * FROM ${table}`)));
}

const count = async (table: string): Promise<number> => (await suite.rows<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))[0]!.n;
const trackerHealth = async (): Promise<any> => (await suite.call("/health")).json.workers["analytics-tracker"];
const jobLines = (): any[] => suite.logs.filter((line) => line.includes('"event":"job"')).map((line) => JSON.parse(line));

test("the ticks of an hour run each job once", async () => {
  assert.equal(minutes.length, 4);
  await allTicks(hour);
  const all = await runs();
  assert.deepEqual(all.map(({ job, scheduled_time, status, attempt }) => ({ job, scheduled_time, status, attempt })),
    ["archive", "reprice", "verify"].map((job) => ({ job, scheduled_time: hour, status: "ok", attempt: 1 })));
  const [archive, , verify] = all.map(({ summary }) => JSON.parse(summary));
  assert.deepEqual([archive.interaction_count, archive.session_count, archive.is_more], [20, 5, false]);
  assert.deepEqual([verify.interaction_count, verify.finding_count, verify.is_pass_finished], [40, 0, true]);
  assert.deepEqual([await count("interactions"), await count("interactions_archive")], [20, 20]);
  // Each outcome is a line of the log: the runtime drops what a scheduled handler returns.
  assert.deepEqual(jobLines().map(({ job, status, error }) => ({ job, status, error })).toSorted((a, b) => a.job.localeCompare(b.job)),
    ["archive", "reprice", "verify"].map((job) => ({ job, status: "ok", error: null })));
  assert.ok(suite.logs.some((line) => line.includes('"nothing-due"')), "the fourth tick is the spare one");
  const health = await trackerHealth();
  assert.deepEqual([health.status, health.detail.verification], ["ok", "sound"]);
  assert.deepEqual(health.detail.jobs.map(({ job, status }: { job: string; status: string }) => [job, status]), [["archive", "ok"], ["reprice", "ok"], ["verify", "ok"]]);
});

test("ticks that are delivered twice do nothing twice", async () => {
  const before = [await ledger(), await runs()];
  await allTicks(hour);
  assert.deepEqual([await ledger(), await runs()], before);
});

test("a price that arrives prices what was unpriced, once", async () => {
  const { status } = await suite.call("/pricing/overrides", {
    key: suite.keys.admin,
    body: { provider: "acme", model: "acme-large", resource_type: "input", rate: "3", per: 1_000_000, valid_from: new Date(now - 400 * dayMs).toISOString(), reason: "a contract" },
  });
  assert.equal(status, 200);
  await allTicks(hour + hourMs);
  const reprice = (await runs("job = 'reprice'")).at(-1)!;
  assert.equal(JSON.parse(reprice.summary).revised_count, 20, "those of the last weeks");
  assert.equal(await count("cost_estimates WHERE revision = 2 AND reason = 'a price arrived'"), 20);
  await allTicks(hour + 2 * hourMs);
  assert.equal(await count("cost_estimates"), 40);
  assert.equal(JSON.parse((await runs("job = 'reprice'")).at(-1)!.summary).revised_count, 0);
});

test("a tick that never came is caught up by a later one", async () => {
  const from = hour + 3 * hourMs;
  for (const number of [0, 1, 3]) await tick(number, from);
  assert.deepEqual((await runs(`worker = 'analytics-tracker' AND scheduled_time = ${from}`)).map(({ job, status }) => [job, status]),
    [["archive", "ok"], ["reprice", "ok"], ["verify", "ok"]]);
});

test("a run that fails says why in its record, on /health and in the log, and is tried again", async () => {
  const { json } = await suite.call("/track/batch", { body: { events: [chat(100, 90), chat(101, 90)] }, key: suite.keys.backfill });
  assert.equal(json.counts.accepted, 2);
  await suite.database.prepare("CREATE TRIGGER fault BEFORE INSERT ON interactions_archive BEGIN SELECT RAISE(ABORT, 'the disk is full'); END").run();
  const from = hour + 4 * hourMs;
  for (const number of [0, 1, 2]) await tick(number, from);
  const failed = (await runs("job = 'archive'")).at(-1)!;
  assert.deepEqual([failed.scheduled_time, failed.status, failed.attempt], [from, "failed", 1]);
  assert.match(failed.error!, /the disk is full/);
  assert.equal(await count("interactions_archive WHERE id IN ('call-100', 'call-101')"), 0, "nothing is half moved");

  const health = await trackerHealth();
  assert.equal(health.status, "degraded");
  assert.match(health.detail.detail, /archive failed and will be tried again: GET \/jobs says why/);
  assert.deepEqual(health.detail.jobs[0], { job: "archive", status: "failed", last_ok_at: health.detail.jobs[0].last_ok_at, failed_since_ok: 1 });
  assert.ok(!JSON.stringify(health).includes("disk"), "what failed inside is told to whoever may read");
  const [shown] = (await suite.call("/jobs?job=archive&limit=1")).json.items;
  assert.match(shown.error, /the disk is full/);
  const line = jobLines().findLast(({ job }) => job === "archive");
  assert.equal(line.status, "failed");
  assert.match(line.error, /the disk is full/);

  await suite.database.prepare("DROP TRIGGER fault").run();
  await tick(3, from);
  const again = (await runs("job = 'archive'")).at(-1)!;
  assert.deepEqual([again.scheduled_time, again.status, again.attempt, again.error], [from, "ok", 2, null]);
  assert.equal(await count("interactions_archive WHERE id IN ('call-100', 'call-101')"), 2);
  assert.equal((await trackerHealth()).status, "ok");
});

test("two runs at once are kept apart by the lease", async () => {
  const from = hour + 5 * hourMs;
  await Promise.all([tick(0, from), tick(0, from), tick(1, from), tick(1, from), tick(2, from), suite.call("/admin/verify", { method: "POST", key: suite.keys.admin })]);
  await allTicks(from);
  const here = await runs(`scheduled_time = ${from} AND worker = 'analytics-tracker'`);
  assert.deepEqual(here.map(({ job, status, attempt }) => [job, status, attempt]), [["archive", "ok", 1], ["reprice", "ok", 1], ["verify", "ok", 1]]);
  const { json } = await suite.call("/integrity");
  assert.deepEqual([json.status, json.verification.findings], ["ok", []]);
});

test("an admin's dry run says what would move and moves nothing", async () => {
  await suite.call("/track/batch", { body: { events: [chat(200, 95), chat(201, 95), chat(205, 95)] }, key: suite.keys.backfill });
  const before = [await ledger(), await runs()];
  const archive = (body?: unknown) => suite.call("/admin/archive", { method: "POST", key: suite.keys.admin, ...(body !== undefined && { body }) });
  const dry = await archive({ dry_run: true });
  assert.deepEqual([dry.json.summary.dry_run, dry.json.summary.session_count, dry.json.summary.interaction_count], [true, 2, 3]);
  assert.deepEqual([await ledger(), await runs()], before, "no row, no run, no lease");
  assert.deepEqual([(await archive({ dry_run: "yes" })).json.field, (await archive({ dryrun: true })).json.field], ["dry_run", "dryrun"]);
  assert.equal((await archive("[]")).status, 400);
  const forbidden = await suite.call("/admin/archive", { body: { dry_run: true }, key: suite.keys.read });
  assert.equal(forbidden.status, 403);

  const real = await archive();
  assert.deepEqual([real.json.summary.dry_run, real.json.summary.session_count, real.json.summary.interaction_count], [false, 2, 3]);
  assert.deepEqual(real.json.summary.forgotten, { run_count: 0, pass_count: 0, finding_count: 0, rejection_count: 0, left_out_count: 0 });
});

test("a corrupted sum is found, mended and reported within one pass", async () => {
  const right = await suite.rows("SELECT * FROM daily_stats ORDER BY day, user_key");
  await suite.database.prepare("UPDATE daily_stats SET total_cost = total_cost + 5 WHERE day = (SELECT max(day) FROM daily_stats)").run();
  const broken = (await suite.call("/integrity")).json;
  assert.deepEqual([broken.status, broken.checks.filter(({ ok }: { ok: boolean }) => !ok).map(({ name }: { name: string }) => name)], ["mismatch", ["daily_stats_equals_interactions", "weekly_stats_equals_daily_stats"]]);
  const { json } = await suite.call("/admin/verify", { method: "POST", key: suite.keys.admin });
  assert.deepEqual([json.summary.is_pass_finished, json.summary.finding_count > 0, json.summary.finding_count - json.summary.repaired_count], [true, true, 0]);
  assert.deepEqual(await suite.rows("SELECT * FROM daily_stats ORDER BY day, user_key"), right);
  const { status, verification } = (await suite.call("/integrity")).json;
  assert.deepEqual([status, verification.status], ["ok", "repaired"]);
  assert.equal(verification.last_full_pass.interaction_count, await count("interactions") + await count("interactions_archive"));
  const [finding] = verification.findings;
  assert.deepEqual([finding.check, finding.correction], ["daily_stats_equal_interactions", "the row was moved by the difference"]);
  assert.equal(BigInt(finding.found.total_cost) - BigInt(finding.expected.total_cost), 5n);
  assert.equal((await trackerHealth()).detail.verification, "repaired");
});

test("a difference that takes a person shows on /health", async () => {
  await suite.database.prepare("UPDATE interactions SET input_tokens = input_tokens + 1 WHERE id = 'call-30'").run();
  await suite.call("/admin/verify", { method: "POST", key: suite.keys.admin });
  const health = await trackerHealth();
  assert.deepEqual([health.status, health.detail.verification], ["degraded", "broken"]);
  assert.match(health.detail.detail, /GET \/integrity shows it/);
  await suite.database.prepare("UPDATE interactions SET input_tokens = input_tokens - 1 WHERE id = 'call-30'").run();
});

test("price syncs are recorded, done once, and tried again when a list is down", async () => {
  const [pricingCron] = cronsOf("pricing-sync");
  const sync = async (time: number): Promise<void> => {
    assert.equal(await suite.runScheduled("pricing-sync", pricingCron!, new Date(time)), "ok");
  };
  const syncs = async (): Promise<(string | number)[][]> => (await runs("worker = 'pricing-sync' AND job <> 'pricing-sync:dated'")).map(({ job, status, attempt }) => [job, status, attempt]).toSorted();
  // No test reaches the network: the snapshot comes with the suite, the lists are down.
  const from = Math.floor(hour / (6 * hourMs)) * 6 * hourMs;
  await sync(from);
  assert.deepEqual(await syncs(), [["pricing-sync:snapshot", "ok", 1]]);
  const prices = await count("prices");
  assert.ok(prices > 10_000);
  for (let tick = 1; tick <= 5; tick += 1) await sync(from + tick * hourMs);
  const after = await syncs();
  assert.ok(after.some(([job, status]) => job !== "pricing-sync:snapshot" && status === "failed"), JSON.stringify(after));
  assert.equal(after.filter(([job]) => job === "pricing-sync:snapshot").length, 1, "the snapshot is loaded once");
  assert.equal(after.filter(([job, status]) => job === "pricing-sync:cloudflare" && status === "ok").length, 1);
  const { jobs } = (await suite.call("/health")).json.workers["pricing-sync"].detail;
  assert.ok(jobs.some(({ status, failed_since_ok }: { status: string; failed_since_ok: number }) => status === "failed" && failed_since_ok > 0));
  assert.ok(suite.logs.some((line) => line.includes('"pricing-sync:') && line.includes('"failed"')));
});
