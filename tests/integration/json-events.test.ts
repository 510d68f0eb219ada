// The suite's own JSON events: one session from its start to its end, repeats, conflicts, refusals.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { picoOf } from "./money.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
const minutesAgo = (minutes: number): string => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000).toISOString();

before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

function chat(id: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id, type: "chat", session_id: "session-1", user_id: "ada", timestamp: minutesAgo(20), duration_ms: 900,
    provider: "openAI", model_name: "gpt-5-mini", usage_convention: "disjoint", usage: { input: 1000, output: 500 }, ...changes,
  };
}

const post = (path: string, body: unknown) => suite.call(path, { body, key: suite.keys.ingest });

test("a_session_is_tracked_from_start_to_end", async () => {
  const mark = (timestamp: string) => ({ session_id: "session-1", user_id: "ada", timestamp });
  assert.equal((await post("/track/session/start", mark(minutesAgo(21)))).status, 200);
  const first = chat("event-1");
  assert.equal((await post("/track/interaction", first)).json.status, "accepted");
  assert.equal((await post("/track/interaction", chat("event-2", { timestamp: minutesAgo(18) }))).json.status, "accepted");
  assert.equal((await post("/track/session/end", mark(minutesAgo(10)))).status, 200);
  const { json } = await suite.call("/sessions/session-1");
  assert.equal(json.session.interaction_count, 2);
  assert.equal(json.session.status, "closed");
  assert.equal(json.session.token_count, 3000);
  assert.equal(picoOf(json.session.total_cost), 2n * picoOf((await post("/track/interaction", first)).json.total_cost));
  // The order of arrival changes nothing; a later event opens the session again.
  assert.equal((await post("/track/session/end", mark(minutesAgo(10)))).status, 200);
  assert.equal((await post("/track/interaction", chat("event-2b", { timestamp: minutesAgo(5), duration_ms: 1 }))).json.status, "accepted");
  const reopened = (await suite.call("/sessions/session-1")).json.session;
  assert.deepEqual([reopened.status, reopened.interaction_count], ["open", 3]);
});

test("the_same_id_with_other_content_is_refused_and_changes_nothing", async () => {
  const event = chat("event-3", { session_id: "session-2" });
  const accepted = (await post("/track/interaction", event)).json;
  const duplicate = await post("/track/interaction", event);
  assert.deepEqual([duplicate.status, duplicate.json.status, duplicate.json.total_cost], [200, "duplicate", accepted.total_cost]);
  const conflict = await post("/track/interaction", { ...event, usage: { input: 1, output: 1 } });
  assert.equal(conflict.status, 409);
  assert.equal((await suite.call("/sessions/session-2")).json.session.total_cost, accepted.total_cost);
});

test("one_bad_event_does_not_sink_its_batch", async () => {
  const { json } = await post("/track/batch", {
    events: [chat("batch-1"), { ...chat("batch-2"), duration_ms: "long" }, chat("batch-1"), chat("batch-3", { status: "error", error: "timeout", usage: {} })],
  });
  assert.deepEqual(json.results.map((result: { status: string }) => result.status), ["accepted", "rejected", "duplicate", "accepted"]);
  assert.equal(json.results[1].field, "duration_ms");
});

test("a_packed_body_is_the_same_events_as_a_plain_one", async () => {
  const packed = (path: string, body: unknown) =>
    suite.call(path, { method: "POST", body: new Uint8Array(gzipSync(JSON.stringify(body))), headers: { "content-encoding": "gzip" }, key: suite.keys.ingest });
  const events = [chat("packed-1", { session_id: "packed" }), chat("packed-2", { session_id: "packed" })];
  assert.deepEqual((await packed("/track/batch", { events })).json.counts, { accepted: 2, duplicate: 0, conflict: 0, rejected: 0, queued: 0 });
  assert.equal((await post("/track/batch", { events })).json.counts.duplicate, 2);
  assert.equal((await packed("/track/interaction", events[0])).json.status, "duplicate");
  assert.equal((await packed("/track/session/end", { session_id: "packed", user_id: "ada", timestamp: minutesAgo(1) })).status, 200);
  assert.equal((await suite.call("/track/batch", { body: "no gzip", headers: { "content-encoding": "gzip" }, key: suite.keys.ingest })).status, 400);
  // A megabyte's limit holds for what it unpacks to.
  assert.equal((await packed("/track/batch", { events: [], filler: " ".repeat(2_000_000) })).status, 413);
});

test("an_unknown_model_is_unpriced_and_never_zero", async () => {
  const { json } = await post("/track/interaction", chat("event-4", { model_name: "nobody-sells-this", session_id: "session-3" }));
  assert.equal(json.price_state, "unpriced");
  assert.equal(json.total_cost, null);
  const { session } = (await suite.call("/sessions/session-3")).json;
  assert.deepEqual([session.total_cost, session.unpriced_count], [null, 1]);
});

test("a_declared_cost_enters_its_component_as_given", async () => {
  const { json } = await post("/track/interaction", {
    id: "hosting", type: "cost-event", user_id: "operations", timestamp: minutesAgo(30), declared_cost: { amount: "38.000000000001", category: "compute_time" },
  });
  assert.deepEqual([json.price_state, json.total_cost], ["declared", "38.000000000001"]);
});

test("each_fault_is_refused_with_its_field", async () => {
  const faults: [string, Record<string, unknown>][] = [
    ["type", { ...chat("x"), type: "chats" }],
    ["model_name", { ...chat("x"), model_name: undefined }],
    ["usage.input", { ...chat("x"), usage: { input: -1 } }],
    ["timestamp", { ...chat("x"), timestamp: new Date(Date.now() + 3_600_000).toISOString() }],
    ["timestamp", { ...chat("x"), timestamp: new Date(Date.now() - 401 * 86_400_000).toISOString() }],
    ["prompt", { ...chat("x"), prompt: "text" }],
    ["id", { ...chat("x"), id: undefined }],
  ];
  for (const [field, body] of faults) {
    const { status, json } = await post("/track/interaction", body);
    assert.equal(status, 422, field);
    assert.equal(json.field, field);
  }
});

test("a_body_that_is_no_json_is_refused", async () => {
  for (const body of ["", "{", "[]", "null", "\u0000"]) {
    const { status } = await post("/track/interaction", body);
    assert.ok(status === 400 || status === 422, `${JSON.stringify(body)} was answered ${status}`);
  }
});

test("a_batch_over_its_limits_is_refused_whole", async () => {
  const many = { events: Array.from({ length: 501 }, (_, index) => chat(`many-${index}`)) };
  assert.equal((await post("/track/batch", many)).status, 413);
  assert.equal((await post("/track/batch", `{"events":["${"x".repeat(1_100_000)}"]}`)).status, 413);
  assert.deepEqual(await suite.rows("SELECT id FROM interactions WHERE id LIKE 'many-%'"), []);
});
