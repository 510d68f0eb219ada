// Another reporting time zone: the Workers are configured with it, refuse to write, and write again
// when an admin has moved the ledger.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openSuite, type OpenSuite } from "./open-suite.ts";

const persist = mkdtempSync(join(tmpdir(), "tokentill-zone-"));
const path = "/admin/reporting-time-zone";
const yesterday = new Date(Date.now() - 26 * 3_600_000).toISOString().slice(0, 10);
const dayBefore = new Date(Date.parse(yesterday) - 86_400_000).toISOString().slice(0, 10);
const range = `start_date=${dayBefore}&end_date=${yesterday}`;

let suite: OpenSuite;
before(async () => {
  const utc = await openSuite({ persist });
  // Noon, and an hour of the evening that is the next day's in Auckland.
  await utc.call("/track/batch", { body: { events: [event("noon", `${dayBefore}T09:00:00Z`), event("evening", `${dayBefore}T20:00:00Z`)] }, key: utc.keys.backfill });
  assert.deepEqual(await countsByDay(utc), [2, 0]);
  await utc.stop();
  suite = await openSuite({ persist, prices: false, variables: { REPORTING_TIME_ZONE: "Pacific/Auckland" } });
});
after(async () => {
  await suite.stop();
  rmSync(persist, { recursive: true, force: true });
});

function event(id: string, timestamp: string): Record<string, unknown> {
  return { id, type: "chat", session_id: id, user_id: "ada", timestamp, duration_ms: 900, provider: "openAI", model_name: "gpt-5-mini", usage_convention: "disjoint", usage: { input: 1_000, output: 500 } };
}

async function countsByDay(on: OpenSuite): Promise<number[]> {
  const { json } = await on.call(`/stats/daily?${range}`);
  return json.buckets.map((bucket: { figures: { interaction_count: number } }) => bucket.figures.interaction_count);
}

const put = (body: unknown, key = suite.keys.admin) => suite.call(path, { method: "PUT", body, key });
const track = (id: string) => suite.call("/track/interaction", { body: event(id, `${dayBefore}T10:00:00Z`), key: suite.keys.ingest });

test("a Worker that is configured with another zone writes nothing, and reads on", async () => {
  const refused = await track("late");
  assert.equal(refused.status, 503);
  assert.match(refused.json.detail, /zone/i);
  const mark = await suite.call("/track/session/start", { body: { session_id: "noon", user_id: "ada", timestamp: `${dayBefore}T08:00:00Z` }, key: suite.keys.ingest });
  assert.equal(mark.status, 503);
  assert.deepEqual(await countsByDay(suite), [2, 0]);
  const { json } = await suite.call(path, { key: suite.keys.admin });
  assert.deepEqual(json, { time_zone: "UTC", configured_time_zone: "Pacific/Auckland", change: null });
});

test("only an admin changes it, and only to the zone that the Workers have", async () => {
  assert.equal((await put({ time_zone: "Pacific/Auckland" }, suite.keys.read)).status, 403);
  assert.equal((await suite.call(path, { key: suite.keys.read })).status, 403);
  for (const time_zone of ["Europe/Berlin", "Europe/Atlantis", "UTC", ""]) {
    const { status, json } = await put({ time_zone });
    assert.equal(status, 422, time_zone);
    assert.equal(json.field, "time_zone");
  }
  for (const body of ["{", "[]"]) assert.equal((await put(body)).status, 400);
  for (const [body, field] of [[{ zone: "UTC" }, "time_zone"], [{ time_zone: "Pacific/Auckland", now: true }, "now"]] as const) {
    const { status, json } = await put(body);
    assert.deepEqual([status, json.field], [422, field]);
  }
  assert.equal((await suite.call(path, { method: "PUT", body: "time_zone=UTC", key: suite.keys.admin, headers: { "content-type": "text/plain" } })).status, 415);
});

test("the change moves the days, keeps the totals, and lets the Workers write", async () => {
  const before = (await suite.call(`/stats/system?${range}`)).json.total;
  const { status, json } = await put({ time_zone: "Pacific/Auckland" });
  assert.equal(status, 200);
  assert.equal(json.time_zone, "Pacific/Auckland");
  assert.deepEqual([json.change.from, json.change.to, json.change.checked_count, json.change.moved_count], ["UTC", "Pacific/Auckland", 2, 1]);
  assert.ok(json.change.finished_at !== null);
  assert.deepEqual(await countsByDay(suite), [1, 1]);
  assert.deepEqual((await suite.call(`/stats/system?${range}`)).json.total, before);
  assert.equal((await suite.call(`/stats/system?${range}`)).json.reporting_time_zone, "Pacific/Auckland");
  assert.equal((await track("afterwards")).json.status, "accepted");
  assert.deepEqual(await countsByDay(suite), [2, 1]);
});

test("it is recorded, the ledger is sound, and asking again changes nothing", async () => {
  const again = await put({ time_zone: "Pacific/Auckland" });
  assert.equal(again.json.change.checked_count, 2);
  const runs = await suite.call("/jobs?job=reporting-time-zone");
  assert.deepEqual(runs.json.items.map((run: { status: string }) => run.status), ["ok"]);
  assert.deepEqual(await suite.rows("SELECT action, subject FROM admin_audit WHERE action LIKE '%zone%'"), [{ action: "change_reporting_time_zone", subject: "Pacific/Auckland" }]);
  for (let slice = 0; slice < 5; slice += 1) await suite.call("/admin/verify", { method: "POST", key: suite.keys.admin });
  const { json } = await suite.call(`/integrity?${range}`, { key: suite.keys.admin });
  assert.deepEqual([json.status, json.verification.findings], ["ok", []]);
});
