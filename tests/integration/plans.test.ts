// Plans through the real Workers: a plan, who has it, what is used of it, and what a caller may see.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { NewKey } from "../../scripts/suite/api-keys.ts";
import { cronsOf } from "../../scripts/suite/start-suite.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
let own: NewKey;
const dayMs = 86_400_000;
const now = Date.now();
const today = new Date(now).toISOString().slice(0, 10);
const month = today.slice(0, 7);
let sent = 0;

/** A declared cost, so that amounts are exact. */
function call(user: string, cost: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  sent += 1;
  return {
    id: `plan-${sent}`, type: "cost-event", ...(user !== "" && { user_id: user }), timestamp: new Date(now - 1_000).toISOString(),
    declared_cost: { amount: cost, category: "compute_time" }, ...changes,
  };
}

async function send(...events: Record<string, unknown>[]): Promise<void> {
  const { json } = await suite.call("/track/batch", { body: { events }, key: suite.keys.backfill });
  assert.deepEqual(json.results.map((result: { status: string }) => result.status), events.map(() => "accepted"), JSON.stringify(json));
}

const admin = (path: string, body?: unknown, method?: string) => suite.call(path, { key: suite.keys.admin, ...(body !== undefined && { body }), ...(method !== undefined && { method }) });
const cost = (json: any) => json.meters.find((meter: { meter: string }) => meter.meter === "cost");
const usage = (query: string, headers?: Record<string, string>) => suite.call(`/api/v1/usage?${query}`, headers === undefined ? {} : { headers });
const standard = { period: { unit: "month", count: 1 }, meters: [{ meter: "cost", included: "20", overage: { amount: "1.2", per: "1" }, thresholds: [50, 80, 100] }], at_limit: "allow" };

before(async () => {
  suite = await openSuite({ prices: false, variables: { WIDGET_ORIGINS: "https://chat.example.com" } });
  own = await suite.addKey(["self"], "ada");
});
after(() => suite.stop());

test("a subject without a plan has its usage of the calendar month", async () => {
  await send(call("bob", "4.12"));
  const { status, json } = await usage("user_id=bob");
  assert.equal(status, 200);
  assert.deepEqual([json.plan, json.state, json.period.first_day, cost(json).used, cost(json).included], [null, null, `${month}-01`, "4.12", null]);
});

test("a plan is made once, and its versions are added", async () => {
  const made = await admin("/admin/plans", { id: "standard", name: "Standard", ...standard });
  assert.equal(made.status, 201);
  assert.equal((await admin("/admin/plans", { id: "standard", name: "Standard", ...standard })).status, 409);
  assert.equal((await admin("/admin/plans/standard/versions", standard)).status, 409, "it says the same");
  const second = await admin("/admin/plans/standard/versions", { ...standard, meters: [{ ...standard.meters[0], included: "25" }], reason: "more" });
  assert.deepEqual(second.json.versions.map(({ version, meters }: any) => [version, meters[0].included]), [[2, "25"], [1, "20"]]);
  assert.equal((await admin("/admin/plans/unknown")).status, 404);
  assert.equal((await admin("/admin/plans")).json.total, 1);
  for (const [change, field] of [
    [{ meters: [{ meter: "cost", included: 20 }] }, "meters[0].included"],
    [{ meters: [{ meter: "cost", included: "1" }, { meter: "cost", included: "2" }] }, "meters[1].meter"],
    [{ meters: [{ meter: "tokens", included: null, overage: { amount: "1", per: 1000 } }] }, "meters[0].overage"],
    [{ period: { unit: "month", count: 0 } }, "period.count"],
  ] as const) {
    const refused = await admin("/admin/plans", { id: "other", name: "Other", ...standard, ...change });
    assert.deepEqual([refused.status, refused.json.field], [422, field]);
  }
});

test("a subscription that begins in the past counts what is there already, and events go on from it", async () => {
  await send(call("ada", "15"), call("ada", "1.5"));
  const body = { subject: { type: "user", id: "ada" }, plan_id: "standard", from: `${month}-01`, anchor_day: 1 };
  const dry = await admin("/admin/subscriptions", { ...body, dry_run: true });
  assert.deepEqual([dry.status, cost(dry.json.preview.after).used, dry.json.preview.before], [200, "16.5", null]);
  assert.equal((await admin("/admin/subscriptions")).json.total, 0, "a dry run writes nothing");
  const stale = await admin("/admin/subscriptions", { ...body, if_version: dry.json.preview.ledger_version - 1 });
  assert.equal(stale.status, 409);
  const made = await admin("/admin/subscriptions", { ...body, if_version: dry.json.preview.ledger_version });
  assert.equal(made.status, 201);
  assert.equal((await admin("/admin/subscriptions", body)).status, 409, "one at a time");
  let answer = (await usage("user_id=ada")).json;
  assert.deepEqual(cost(answer), cost({ meters: [{ ...cost(answer), used: "16.5", included: "25", remaining: "8.5", overage: "0", overage_charge: "0", percent: 66, state: "ok" }] }));
  const before = await suite.rows("SELECT * FROM plan_counters");
  await send(call("ada", "6"), call("ada", "4.25"));
  answer = (await usage("user_id=ada")).json;
  const { used, remaining, overage, overage_charge, state } = cost(answer);
  assert.deepEqual([used, remaining, overage, overage_charge, state, answer.state], ["26.75", "0", "1.75", "2.1", "over", "over"]);
  assert.equal((await suite.rows("SELECT * FROM plan_counters")).length, before.length);
});

test("a poll that finds nothing new is answered 304, and an event changes the tag", async () => {
  const first = await usage("user_id=ada");
  const tag = first.headers.get("etag")!;
  assert.equal((await usage("user_id=ada", { "if-none-match": tag })).status, 304);
  await send(call("ada", "0.25"));
  const after = await usage("user_id=ada", { "if-none-match": tag });
  assert.deepEqual([after.status, cost(after.json).used], [200, "27"]);
});

test("whoever has no plan of their own has the default plan, and their counters are their own", async () => {
  const made = await admin("/admin/subscriptions", { subject: { type: "default" }, plan_id: "standard", from: `${month}-01` });
  assert.equal(made.status, 201);
  await send(call("bob", "20"), call("cid", "1"));
  const bob = (await usage("user_id=bob")).json;
  assert.deepEqual([bob.plan.is_default, cost(bob).used, cost(bob).state], [true, "24.12", "near"]);
  assert.equal((await usage("user_id=ada")).json.plan.is_default, false);
  assert.ok((await admin("/admin/plans/standard")).json.is_default);
  const { json } = await suite.call("/api/v1/usage/subjects");
  assert.deepEqual(json.items.map((item: any) => [item.subject.id, item.state]), [["ada", "over"], ["bob", "near"], ["cid", "ok"]]);
  assert.deepEqual(json.counts, { ok: 1, near: 1, over: 1, unlimited: 0, all: 3 });
  const over = (await suite.call("/api/v1/usage/subjects?state=over")).json;
  assert.deepEqual([over.total, over.counts.all], [1, 3]);
});

test("a tenant and the installation have counters of everybody in them", async () => {
  for (const subject of [{ type: "tenant", id: "acme" }, { type: "installation" }]) {
    assert.equal((await admin("/admin/subscriptions", { subject, plan_id: "standard", from: `${month}-01` })).status, 201);
  }
  await send(call("eve", "3", { tenant_id: "acme" }));
  assert.equal(cost((await usage("tenant_id=acme")).json).used, "3");
  const [sum] = await suite.rows<{ sum: number }>(`SELECT SUM(total_cost) AS sum FROM daily_stats WHERE day >= '${month}-01'`);
  assert.equal(Math.round(Number(cost((await usage("subject=installation")).json).used) * 1e6), Math.round(sum!.sum / 1e6));
  const team = await admin("/admin/subscriptions", { subject: { type: "team", id: "x" }, plan_id: "standard", from: today });
  assert.deepEqual([team.status, team.json.field], [422, "subject.type"]);
});

test("a key of one user sees its own usage and nobody else's", async () => {
  const asAda = (path: string) => suite.call(path, { key: own });
  const mine = await asAda("/api/v1/usage");
  assert.deepEqual([mine.status, mine.json.subject.id, cost(mine.json).used], [200, "ada", "27"]);
  assert.equal((await asAda("/api/v1/usage?user_id=ada")).status, 200);
  for (const path of ["/api/v1/usage?user_id=bob", "/api/v1/usage?subject=installation", "/api/v1/usage?tenant_id=acme", "/api/v1/usage/subjects", "/api/v1/usage/periods?user_id=bob"]) {
    assert.equal((await asAda(path)).status, 403, path);
  }
  assert.equal((await asAda("/api/v1/usage/periods")).json.total, 1);
  assert.equal((await usage("user_id=nobody")).status, 404);
  assert.equal((await usage("")).status, 400);
});

test("the extras add up to what was used", async () => {
  const { json } = await usage("user_id=ada&include=days,models,forecast");
  const sum = (list: { cost: string }[]) => list.reduce((total, item) => total + Number(item.cost), 0);
  assert.deepEqual([sum(json.days), sum(json.models), json.forecast.length], [27, 27, 3]);
});

test("a change of plan is what its preview said", async () => {
  const more = { ...standard, id: "power", name: "Power", meters: [{ meter: "cost", included: "60", overage: { amount: "1.1", per: "1" } }] };
  assert.equal((await admin("/admin/plans", more)).status, 201);
  const { items } = (await admin("/admin/subscriptions?subject_type=user")).json;
  const id = items[0].id as string;
  const patch = { plan: { id: "power", effective: today } };
  const dry = await admin(`/admin/subscriptions/${id}`, { ...patch, dry_run: true }, "PATCH");
  assert.equal(dry.status, 200);
  const done = await admin(`/admin/subscriptions/${id}`, { ...patch, if_version: dry.json.preview.ledger_version }, "PATCH");
  assert.deepEqual(done.json.preview.after, dry.json.preview.after);
  const answer = (await usage("user_id=ada")).json;
  for (const meter of dry.json.preview.after.meters) {
    const found = answer.meters.find((other: { meter: string }) => other.meter === meter.meter);
    assert.deepEqual([found.used, found.included, found.overage, found.overage_charge], [meter.used, meter.included, meter.overage, meter.overage_charge]);
  }
  const less = await admin(`/admin/subscriptions/${id}`, { plan: { id: "standard", effective: "next_period" } }, "PATCH");
  assert.equal(less.json.subscription.next_change.plan_id, "standard");
  const log = (await admin("/admin/audit?limit=3")).json.items;
  assert.deepEqual(log.map((entry: { action: string }) => entry.action), ["subscription.plan", "subscription.plan", "plan.create"]);
});

test("the cron runs the jobs of plans, a run that comes twice changes nothing, and counters agree with the ledger", async () => {
  const cron = cronsOf("analytics-tracker")[0]!;
  const minute = Number(cron.split(",")[0]);
  const tick = new Date(Math.floor(now / 3_600_000) * 3_600_000 - 3_600_000 + minute * 60_000);
  await suite.runScheduled("analytics-tracker", cron, tick);
  await suite.runScheduled("analytics-tracker", cron, tick);
  const runs = await suite.rows<{ job: string; status: string; summary: string }>("SELECT job, status, summary FROM job_runs WHERE job LIKE 'usage-%' ORDER BY job");
  assert.deepEqual(runs.map(({ job, status }) => [job, status]), [["usage-reconcile", "ok"], ["usage-reset", "ok"]]);
  const reconcile = JSON.parse(runs[0]!.summary);
  assert.ok(reconcile.counter_count >= 5, runs[0]!.summary);
  assert.equal(reconcile.drift_count, 0);
  // A counter that somebody changed by hand is found, corrected and told.
  await suite.database.prepare("UPDATE plan_counters SET cost = cost + 1 WHERE segment_id = (SELECT MIN(segment_id) FROM plan_segments WHERE subject = 'installation')").run();
  const { json } = await admin("/admin/usage/reconcile", undefined, "POST");
  assert.equal(json.summary.drift_count, 1);
  assert.equal((await admin("/admin/usage/reconcile", undefined, "POST")).json.summary.drift_count, 0);
  const health = (await suite.call("/health")).json.workers["analytics-tracker"];
  assert.match(health.detail.detail, /1 counters of plans differed/);
});

test("a period that is closed stays as it is, and what comes later is an adjustment of the next one", async () => {
  const from = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 3, 1));
  const first = from.toISOString().slice(0, 10);
  assert.equal((await admin("/admin/subscriptions", { subject: { type: "user", id: "fay" }, plan_id: "standard", from: first })).status, 201);
  await send(call("fay", "30", { timestamp: new Date(from.getTime() + dayMs).toISOString() }));
  await admin("/admin/usage/reset", undefined, "POST");
  const items = async (): Promise<any[]> => (await suite.call("/api/v1/usage/periods?user_id=fay")).json.items.toReversed();
  const [past] = await items();
  assert.deepEqual([past.closed.cost, past.closed.overage_charge, past.adjusted, past.period.state], ["30", "6", null, "closed"]);
  await send(call("fay", "2", { timestamp: new Date(from.getTime() + 2 * dayMs).toISOString() }));
  const all = await items();
  const [after] = all;
  assert.deepEqual([after.closed, cost(after).used, after.adjusted.cost, after.adjusted.overage_charge], [past.closed, "32", "2", "2.4"]);
  const carrier = all.find(({ closed }) => closed === null);
  assert.deepEqual(carrier.adjustments, [{ of_period: { first_day: first, last_day: past.period.last_day }, moved: after.adjusted, reason: "interactions" }]);
  assert.equal(all.flatMap(({ adjustments }) => adjustments).length, 1);
});

test("a widget's token shows one user's own usage to pages of its audience, and opens nothing else", async () => {
  const origin = "https://chat.example.com";
  const key = await suite.addKey(["widget"]);
  const ask = (body: unknown, by = key) => suite.call("/api/v1/usage/token", { key: by, body });
  assert.equal((await ask({ user_id: "ada", audience: "https://evil.example.com" })).json.field, "audience");
  assert.equal((await ask({ user_id: "ada", audience: origin, expires_in_s: 901 })).status, 422);
  assert.equal((await ask({ user_id: "ada", audience: origin }, suite.keys.admin)).status, 403);
  const { token } = (await ask({ user_id: "ada", audience: origin })).json;
  const by = (path: string, headers: Record<string, string> = {}, method = "GET") => suite.call(path, { key: null, method, headers: { authorization: `Bearer ${token}`, ...headers } });
  const shown = await by("/api/v1/usage", { origin });
  assert.deepEqual([shown.status, shown.json.subject.id, shown.headers.get("access-control-allow-origin")], [200, "ada", origin]);
  assert.equal((await by("/api/v1/usage", { origin, "if-none-match": shown.headers.get("etag")! })).status, 304);
  assert.equal((await by("/api/v1/usage", { origin: "https://evil.example.com" })).status, 401);
  assert.equal((await by("/api/v1/usage?user_id=bob", { origin })).status, 400);
  for (const path of ["/api/v1/usage/periods", "/api/v1/usage/subjects", "/stats/system", "/auth/me", "/admin/plans", "/pricing/rates"]) {
    assert.equal((await by(path)).status, 401, path);
  }
  assert.equal((await suite.call(`/api/v1/usage?token=${token}`, { key: null })).status, 401, "in a header alone");
  const preflight = await suite.call("/api/v1/usage", { key: null, method: "OPTIONS", headers: { origin, "access-control-request-method": "GET" } });
  assert.deepEqual([preflight.status, preflight.headers.get("access-control-allow-headers")], [204, "authorization, if-none-match"]);
  const other = await suite.call("/api/v1/usage", { key: null, method: "OPTIONS", headers: { origin: "https://evil.example.com" } });
  assert.equal(other.headers.get("access-control-allow-origin"), null);
  const { token: fresh } = (await ask({ user_id: "somebody-new", audience: origin })).json;
  const nothing = await suite.call("/api/v1/usage", { key: null, headers: { authorization: `Bearer ${fresh}` } });
  assert.deepEqual([nothing.status, cost(nothing.json).used, nothing.json.plan.is_default], [200, "0", true]);
});

test("a poll reads at most 20 rows, and one that finds nothing new at most 4", async () => {
  const rows = async (headers: Record<string, string> = {}): Promise<number> => {
    const from = suite.logs.length;
    await suite.call("/api/v1/usage?user_id=ada", { headers });
    for (;;) {
      const line = suite.logs.slice(from).find((entry) => entry.includes('"getUsage"'));
      if (line !== undefined) return JSON.parse(line).rows_read;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await rows();
  const tag = (await usage("user_id=ada")).headers.get("etag")!;
  const [whole, unchanged] = [await rows(), await rows({ "if-none-match": tag })];
  assert.ok(whole <= 20 && unchanged <= 4, `${whole} and ${unchanged} rows`);
});
