// Each refusal that the contract lists, as a problem document that says what to do, with nothing
// written.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerOptions } from "miniflare";
import { newKey } from "../../scripts/suite/api-keys.ts";
import { tracesPath } from "./fixtures.ts";
import { type Answer, type Call, openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;

before(async () => {
  suite = await openSuite({ prices: false });
});
after(() => suite.stop());

const event = (id: string, changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  id, type: "api", user_id: "ada", timestamp: Date.now() - 60_000, units: { requests: 1 }, ...changes,
});

/** A problem of this status and kind; answers with it. */
function isProblem(answer: Answer, status: number, kind: string, says: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
  assert.equal(answer.json.type, `urn:tokentill:problem:${kind}`);
  assert.equal(answer.json.status, status);
  assert.match(answer.json.detail, says);
  assert.equal(answer.json.request_id, answer.headers.get("x-request-id"));
}

const interaction = (body: unknown, more: Call = {}): Promise<Answer> =>
  suite.call("/track/interaction", { body, key: suite.keys.ingest, ...more });

test("400_says_where_the_body_stops_being_json", async () => {
  isProblem(await interaction('{"id":'), 400, "bad-request", /is not JSON \(line 1, column 6\)/);
  isProblem(await interaction("[1]"), 400, "bad-request", /is a list, not an object/);
  isProblem(await interaction(new Uint8Array([0x7b, 0xff, 0x7d])), 400, "bad-request", /is not UTF-8/);
});

test("401_says_how_to_authenticate", async () => {
  for (const call of [{ key: null }, { key: newKey("stranger", ["ingest"]) }, { key: null, headers: { authorization: "Digest x" } }]) {
    const answer = await interaction(event("no-key"), call);
    isProblem(answer, 401, "unauthorized", /send|check/);
    assert.match(answer.headers.get("www-authenticate") ?? "", /Basic/);
  }
});

test("403_names_the_scope_that_is_missing", async () => {
  isProblem(await interaction(event("no-scope"), { key: suite.keys.read }), 403, "forbidden", /has not the scope `ingest`/);
});

test("404_and_405_say_what_there_is", async () => {
  const get = await fetch(`${suite.url}/track/interaction`);
  assert.deepEqual([get.status, get.headers.get("allow")], [405, "POST"]);
  assert.match(((await get.json()) as { detail: string }).detail, /takes POST/);
  const none = await fetch(`${suite.url}/track/nothing`, { method: "POST" });
  assert.equal(none.status, 404);
  assert.match(((await none.json()) as { detail: string }).detail, /no endpoint has this path/);
});

test("409_names_the_field_and_changes_nothing", async () => {
  assert.equal((await interaction(event("twice"))).status, 201);
  const answer = await interaction(event("twice", { user_id: "eve" }));
  isProblem(answer, 409, "conflict", /recorded with other content; nothing changed/);
  assert.equal(answer.json.field, "id");
  assert.deepEqual(await suite.rows("SELECT user_id FROM users"), [{ user_id: "ada" }]);
});

test("413_says_the_limit", async () => {
  isProblem(await interaction(" ".repeat(64 * 1024 + 1)), 413, "too-large", /over 65536 bytes/);
  // Without a length, in chunks: it is read only up to the limit.
  const chunks = Array.from({ length: 40 }, () => new TextEncoder().encode(" ".repeat(4_096)));
  const streamed = await fetch(`${suite.url}/track/interaction`, {
    method: "POST",
    headers: { authorization: `Bearer ${suite.keys.ingest.secret}`, "content-type": "application/json" },
    body: new ReadableStream({ pull: (controller) => { const chunk = chunks.pop(); if (chunk === undefined) controller.close(); else controller.enqueue(chunk); } }),
    duplex: "half",
  } as RequestInit);
  assert.equal(streamed.status, 413);
});

test("415_says_which_types_and_encodings_are_taken", async () => {
  isProblem(await interaction("id=1", { headers: { "content-type": "application/x-www-form-urlencoded" } }), 415, "unsupported-media-type", /send `application\/json`/);
  isProblem(await interaction(event("br"), { headers: { "content-encoding": "br" } }), 415, "unsupported-media-type", /send `gzip` or a plain body/);
  const traces = { key: suite.keys.ingest, body: "{}" };
  isProblem(await suite.call(tracesPath, { ...traces, headers: { "content-type": "text/plain" } }), 415, "unsupported-media-type", /`application\/x-protobuf`/);
  isProblem(await suite.call(tracesPath, { ...traces, headers: { "content-encoding": "deflate" } }), 415, "unsupported-media-type", /send `gzip`/);
  for (const [index, type] of ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json;charset=UTF-8 "].entries()) {
    assert.equal((await interaction(event(`charset-${index}`), { headers: { "content-type": type } })).status, 201, type);
  }
});

test("422_names_the_field_its_fault_and_the_remedy", async () => {
  const answer = await interaction(event("seconds", { timestamp: 1_795_438_269 }));
  isProblem(answer, 422, "invalid-field", /`timestamp` \(1795438269\) looks like seconds.*: send ISO 8601/);
  assert.equal(answer.json.field, "timestamp");
});

test("429_says_when_to_send_again_where_the_installation_has_a_rate_limit", async () => {
  const limited = await openSuite({
    prices: false,
    adjust: onlyTracker((options) => ({ ...options, ratelimits: { RATE_LIMITER: { namespace_id: "1", simple: { limit: 2, period: 60 } } } })),
  });
  try {
    const send = (id: string, key = limited.keys.ingest): Promise<Answer> => limited.call("/track/interaction", { body: event(id), key });
    assert.deepEqual([(await send("a")).status, (await send("b")).status], [201, 201]);
    const refused = await send("c");
    isProblem(refused, 429, "too-many-requests", /rate limit: send larger batches, or wait/);
    assert.equal(refused.headers.get("retry-after"), "60");
    assert.equal((await send("d", limited.keys.backfill)).status, 201, "each key is counted by itself");
    assert.deepEqual(await limited.rows("SELECT id FROM interactions ORDER BY id"), [{ id: "a" }, { id: "b" }, { id: "d" }]);
  } finally {
    await limited.stop();
  }
});

test("what a key declares beyond its limit is refused alone, and health says so", async () => {
  const limited = await openSuite({ prices: false, variables: { DECLARED_COST_PER_KEY_DAY_MAX_USD: "1.5" } });
  try {
    const now = Date.now();
    const declaring = (id: string, amount: string) => event(id, { type: "cost-event", model_name: undefined, usage: undefined, timestamp: now, declared_cost: { amount, category: "db_ops" } });
    const send = (body: object, key = limited.keys.ingest): Promise<Answer> => limited.call("/track/interaction", { body, key });
    assert.equal((await limited.call("/health")).json.workers["analytics-tracker"].detail.refused_for_want_of_room, 0);
    assert.equal((await send(declaring("a", "1"))).status, 201);
    const refused = await send(declaring("b", "0.500000000001"));
    isProblem(refused, 422, "invalid-field", /more than 1\.5 USD for one day by one key: .*DECLARED_COST_PER_KEY_DAY_MAX_USD/);
    assert.equal(refused.json.field, "declared_cost.amount");
    const batch = await limited.call("/track/batch", { key: limited.keys.ingest, body: { events: [declaring("c", "0.25"), declaring("d", "0.75"), declaring("e", "0.25"), event("f")] } });
    assert.deepEqual(batch.json.results.map(({ status }: { status: string }) => status), ["accepted", "rejected", "accepted", "accepted"]);
    assert.equal((await send(declaring("a", "1"))).status, 200, "a repeat stays one");
    assert.equal((await send(declaring("g", "1.5"), limited.keys.backfill)).status, 201, "each key has a limit of its own");
    const health = await limited.call("/health");
    assert.equal(health.json.status, "degraded");
    const { refused_for_want_of_room, detail } = health.json.workers["analytics-tracker"].detail;
    assert.equal(refused_for_want_of_room, 2);
    assert.match(detail, /2 events were refused since yesterday/);
  } finally {
    await limited.stop();
  }
});

const misconfigured: [string, Parameters<typeof openSuite>[0], RegExp][] = [
  ["no database", { adjust: onlyTracker((options) => ({ ...options, d1Databases: {} })) }, /no D1 binding `DB`/],
  ["an unknown mode", { variables: { INGEST_MODE: "fast" } }, /INGEST_MODE is `fast`: set `direct` or `queue`/],
  ["queue mode without a queue", { variables: { INGEST_MODE: "queue" }, adjust: onlyTracker((options) => ({ ...options, queueProducers: {} })) }, /no queue bound as `QUEUE`/],
  ["a zone that is none", { adjust: onlyTracker((options) => withVariable(options, "REPORTING_TIME_ZONE", "Berlin")) }, /no IANA time zone/],
  ["another zone than the ledger's", { adjust: onlyTracker((options) => withVariable(options, "REPORTING_TIME_ZONE", "Asia/Tokyo")) }, /reporting time zone is UTC/],
  ["a limit that is none", { variables: { INTERACTION_COST_MAX_USD: "-1" } }, /INTERACTION_COST_MAX_USD is `-1`/],
  ["a limit of declared costs that is none", { variables: { DECLARED_COST_PER_KEY_DAY_MAX_USD: "much" } }, /DECLARED_COST_PER_KEY_DAY_MAX_USD is `much`/],
];

for (const [what, options, says] of misconfigured) {
  test(`503_names_the_fault_of_the_set_up: ${what}`, async () => {
    const broken = await openSuite({ prices: false, ...options });
    try {
      const answer = await broken.call("/track/interaction", { body: event("never"), key: broken.keys.ingest });
      isProblem(answer, 503, "unavailable", says);
      assert.ok(Number(answer.headers.get("retry-after")) > 0);
      const mark = { session_id: "never", user_id: "ada", timestamp: Date.now() };
      assert.equal((await broken.call("/track/session/start", { body: mark, key: broken.keys.ingest })).status, 503);
      for (const table of ["interactions", "session_ids", "sessions", "session_days", "users", "usage_daily"]) {
        assert.deepEqual(await broken.rows(`SELECT * FROM ${table}`), [], table);
      }
    } finally {
      await broken.stop();
    }
  });
}

test("each_request_is_one_line_in_the_log_without_content_key_or_person", async () => {
  const answer = await interaction(event("logged", { user_id: "a-person", metadata: { secret: "a-secret" } }));
  assert.equal(answer.status, 201);
  const requestId = answer.headers.get("x-request-id")!;
  const linesOf = () => suite.logs.filter((line) => line.includes(requestId) && line.includes("trackInteraction"));
  // The runtime hands a line on after the answer.
  for (let time = 0; linesOf().length === 0 && time < 100; time += 1) await sleep(50);
  const lines = linesOf();
  assert.equal(lines.length, 1, lines.join("\n"));
  const line = JSON.parse(lines[0]!) as Record<string, unknown>;
  assert.deepEqual(
    { ...line, rows_read: 0, rows_written: 0, duration_ms: 0, bytes: 0 },
    {
      event: "request", request_id: requestId, route: "trackInteraction", source: "api", status: 201, problem: "",
      accepted: 1, duplicate: 0, conflict: 0, rejected: 0, queued: 0, unpriced: 1, ignored: 0, dropped: 0,
      rows_read: 0, rows_written: 0, duration_ms: 0, bytes: 0,
    },
  );
  assert.ok(Number(line["rows_written"]) > 5, "the rows that D1 counts, indexes included");
  for (const name of ["a-person", "a-secret", suite.keys.ingest.secret]) assert.ok(!suite.logs.join("\n").includes(name), name);
});

function onlyTracker(change: (options: WorkerOptions) => WorkerOptions): (name: string, options: WorkerOptions) => WorkerOptions {
  return (name, options) => (name === "analytics-tracker" ? change(options) : options);
}

function withVariable(options: WorkerOptions, name: string, value: string): WorkerOptions {
  return { ...options, bindings: { ...options.bindings, [name]: value } };
}
