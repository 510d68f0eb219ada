// Events that nobody means well with, against the real Workers: each has its answer, none is a
// failure of the service, and what is refused leaves nothing behind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picoOf } from "./money.ts";
import { type Answer, openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;

before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

const minuteAgo = Math.floor(Date.now() / 1000) * 1000 - 60_000;
const dayMs = 86_400_000;

const chat = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: "hostile", type: "chat", user_id: "ada", timestamp: minuteAgo, provider: "openAI", model_name: "gpt-5-mini",
  usage: { input: 1 }, ...changes,
});

/** The event's JSON with a value written as it is, which JSON.stringify would not. */
const raw = (field: string, json: string): string => {
  const { [field]: _, ...rest } = chat();
  return `${JSON.stringify(rest).slice(0, -1)},${JSON.stringify(field)}:${json}}`;
};

const send = (body: unknown, key = suite.keys.ingest): Promise<Answer> => suite.call("/track/interaction", { body, key });

const refused: [string, string, string][] = [
  ["an id with a control character", "id", String.raw`"a\u0000b"`],
  ["an id with a line end", "id", String.raw`"a\nb"`],
  ["an id of 10 kB", "id", JSON.stringify("x".repeat(10_000))],
  ["an id beyond ASCII", "id", '"ü"'],
  ["an id that is a number", "id", "7"],
  ["half a surrogate", "user_id", String.raw`"\ud83d"`],
  ["surrogates the wrong way round", "user_id", String.raw`"\ude00\ud83d"`],
  ["a NUL in a name", "user_id", String.raw`"ada\u0000"`],
  ["1e400 tokens", "usage", '{"input":1e400}'],
  ["-0 tokens", "usage", '{"input":-0}'],
  ["2^63 tokens", "usage", '{"input":9223372036854775808}'],
  ["2^64 milliseconds", "duration_ms", "18446744073709551616"],
  ["half a token", "usage", '{"input":0.5}'],
  ["tokens as text", "usage", '{"input":"1"}'],
  ["a list of tokens", "usage", "[1]"],
  ["a list where a name belongs", "model_name", '["gpt-5-mini"]'],
  ["an object where a moment belongs", "timestamp", '{"$date":0}'],
  ["the year 10000", "timestamp", '"+10000-01-01T00:00:00Z"'],
  ["the end of the calendar", "timestamp", '"9999-12-31T23:59:59.999Z"'],
  ["a moment before all time", "timestamp", "-9223372036854775808"],
  ["a moment after all time", "timestamp", "9223372036854775807"],
  ["February 30", "timestamp", '"2026-02-30T00:00:00Z"'],
  ["a moment without a zone", "timestamp", '"2026-10-25T02:30:00"'],
  ["a duration that ends in the future", "duration_ms", String(dayMs)],
  ["metadata of nine levels", "metadata", `{"a":${"[".repeat(8)}${"]".repeat(8)}}`],
  ["metadata of ten thousand levels", "metadata", `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`],
  ["metadata that names a key twice", "metadata", String.raw`{"a":1,"\u0061":2}`],
  ["an infinite cost", "declared_cost", '{"amount":"1e400","category":"db_ops"}'],
  ["a negative cost", "declared_cost", '{"amount":"-0.01","category":"db_ops"}'],
  ["a cost just above the limit", "declared_cost", '{"amount":"10000.000000000001","category":"db_ops"}'],
  ["a cost as a number", "declared_cost", '{"amount":1.5,"category":"db_ops"}'],
  ["a cost finer than a picodollar", "declared_cost", '{"amount":"0.0000000000001","category":"db_ops"}'],
  ["33 resources", "units", JSON.stringify({ calls: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`r${n}`, 1])) })],
];

for (const [what, field, json] of refused) {
  test(`refused with its field: ${what}`, async () => {
    const answer = await send(raw(field, json));
    assert.equal(answer.status, 422, answer.text);
    assert.equal(answer.json.field.split(".")[0], field, answer.text);
    assert.match(answer.json.detail, /: (send|check|leave|say)/, "it says what to do");
    assert.deepEqual(await suite.rows("SELECT id FROM interactions WHERE id = 'hostile'"), []);
  });
}

test("refused as no JSON or too large: what can not be read", async () => {
  const bodies: [string | Uint8Array, number][] = [
    [`{"id":"a","id":"b"}`, 400],
    [raw("user_id", '"a\u0000b"'), 400],
    [raw("user_id", '"\t"'), 400],
    ["[".repeat(60_000), 400],
    [`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`, 422],
    ["\uFEFF{}", 400],
    ["NaN", 400],
    [new Uint8Array([0xed, 0xa0, 0x80]), 400],
    [raw("metadata", JSON.stringify({ a: "x".repeat(70_000) })), 413],
  ];
  for (const [body, status] of bodies) {
    const answer = await send(body);
    assert.equal(answer.status, status, `${String(body).slice(0, 40)}: ${answer.text}`);
  }
  // An object with more fields than any has.
  const many = await send(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, 1])));
  assert.deepEqual([many.status, /more than 64 fields/.test(many.text)], [400, true]);
});

test("taken: what only looks strange", async () => {
  const events: Record<string, unknown>[] = [
    chat({ id: "!".repeat(128) }),
    chat({ id: "'; DROP TABLE interactions; --".replaceAll(" ", "_") }),
    chat({ id: "emoji", user_id: "😀 ü 漢字 \u200d\u202e" }),
    chat({ id: "quotes", user_id: `"'\`\\`, agent: "%s%n", session_id: "../../etc/passwd" }),
    chat({ id: "proto", metadata: { __proto__: 1, constructor: { prototype: 1 } } }),
    chat({ id: "nulls", agent: null, usage: { input: 1 }, metadata: {}, declared_cost: null }),
    chat({ id: "summer", timestamp: new Date(minuteAgo).toISOString().replace("Z", "+00:00") }),
  ];
  for (const event of events) {
    const answer = await send(event);
    assert.equal(answer.status, 201, `${String(event["id"])}: ${answer.text}`);
    assert.equal((await send(event)).json.status, "duplicate");
  }
  const [emoji] = await suite.rows<{ user_id: string }>("SELECT user_id FROM users WHERE user_id LIKE '😀%'");
  assert.equal(emoji!.user_id, "😀 ü 漢字 \u200d\u202e");
  // The extremes that are allowed, to the last digit.
  const dearest = await send(chat({ id: "dearest", type: "cost-event", usage: null, declared_cost: { amount: "10000", category: "db_ops" } }));
  assert.equal(dearest.json.total_cost, "10000");
  const many = await send(raw("usage", '{"input":1000000000,"output":0}').replace('"hostile"', '"many"'));
  assert.deepEqual([many.status, many.json.price_state], [201, "priced"]);
  const numbers = raw("metadata", '{"big":123456789012345678901234567890,"exponent":1e400}').replace('"hostile"', '"numbers"');
  assert.equal((await send(numbers)).status, 201);
  assert.deepEqual(await suite.rows("SELECT metadata FROM interactions WHERE id = 'numbers'"), [{ metadata: '{"big":123456789012345678901234567890,"exponent":1e400}' }]);
});

test("an hour that the clocks repeat holds two moments", async () => {
  // 2026-10-25, 02:30 in Berlin, before and after the clocks go back.
  const [first, second] = [chat({ id: "fold-1", timestamp: "2026-10-25T02:30:00+02:00" }), chat({ id: "fold-2", timestamp: "2026-10-25T02:30:00+01:00" })];
  for (const event of [first, second]) assert.equal((await send(event)).status, 201);
  assert.deepEqual(
    await suite.rows("SELECT id, timestamp FROM interactions WHERE id LIKE 'fold-%' ORDER BY id"),
    [{ id: "fold-1", timestamp: Date.parse("2026-10-25T00:30:00Z") }, { id: "fold-2", timestamp: Date.parse("2026-10-25T01:30:00Z") }],
  );
});

test("history needs a key with the scope backfill, and has an end too", async () => {
  const old = chat({ id: "old", timestamp: Date.now() - 401 * dayMs });
  const answer = await send(old);
  assert.deepEqual([answer.status, answer.json.field], [422, "timestamp"]);
  assert.match(answer.json.detail, /scope `backfill`/);
  assert.equal((await send(old, suite.keys.backfill)).status, 201);
  assert.equal((await send(chat({ id: "older", timestamp: "2019-12-31T23:59:59Z" }), suite.keys.backfill)).status, 422);
});

test("five hundred conflicts under one id are answered at once", async () => {
  const first = await send(chat({ id: "contested" }));
  assert.equal(first.status, 201);
  const events = Array.from({ length: 500 }, (_, n) => chat({ id: "contested", usage: { input: 1 + (n % 499) } }));
  const started = suite.logs.length;
  const { json } = await suite.call("/track/batch", { body: { events }, key: suite.keys.ingest });
  // The recorded body stands first and last.
  assert.deepEqual(json.counts, { accepted: 0, duplicate: 2, conflict: 498, rejected: 0, queued: 0 });
  assert.equal(json.results[499].total_cost, first.json.total_cost);
  const line = suite.logs.slice(started).map((text) => JSON.parse(text)).find(({ route }) => route === "trackBatch");
  assert.ok(line.rows_read < 500, `one batch looks each id up once: ${line.rows_read} rows read`);
});

test("a repeat within a request is answered like one after it", async () => {
  const a = chat({ id: "within-a" });
  const other = chat({ id: "within-a", usage: { input: 2 } });
  const { json } = await suite.call("/track/batch", { body: { events: [a, other, a, { ...a, prompt: 1 }, chat({ id: "within-b" })] }, key: suite.keys.ingest });
  assert.deepEqual(json.results.map(({ status }: { status: string }) => status), ["accepted", "conflict", "duplicate", "rejected", "accepted"]);
  assert.equal(json.results[2].total_cost, json.results[0].total_cost);
  assert.equal(json.results[3].field, "prompt");
});

test("the id comes from the Idempotency-Key where an event has none", async () => {
  const { id: _, ...anonymous } = chat();
  const call = (path: string, body: unknown, idempotencyKey: string) =>
    suite.call(path, { body, key: suite.keys.ingest, headers: { "idempotency-key": idempotencyKey } });
  assert.equal((await call("/track/interaction", anonymous, "request-1")).json.id, "request-1");
  assert.equal((await call("/track/interaction", anonymous, "request-1")).json.status, "duplicate");
  const batch = { events: [anonymous, anonymous, chat({ id: "own" })] };
  const ids = (answer: Answer): string[] => answer.json.results.map(({ id }: { id: string }) => id);
  assert.deepEqual(ids(await call("/track/batch", batch, "request-2")), ["request-2:0", "request-2:1", "own"]);
  assert.equal((await call("/track/batch", batch, "request-2")).json.counts.duplicate, 3);
  for (const wrong of ["with space", "x".repeat(121)]) {
    const answer = await call("/track/interaction", anonymous, wrong);
    assert.deepEqual([answer.status, answer.json.field], [422, "Idempotency-Key"]);
  }
});

test("after all of it every sum is that of its interactions", async () => {
  const [recount] = await suite.rows<{ n: number; total: string }>(
    "SELECT count(*) AS n, CAST(sum(c.total_cost) AS TEXT) AS total FROM interactions JOIN cost_estimates c USING (interaction_key)");
  assert.ok(picoOf("0") <= BigInt(recount!.total));
  for (const table of ["sessions", "usage_daily", "daily_stats", "daily_model_stats", "daily_agent_model_stats"]) {
    assert.deepEqual(await suite.rows(`SELECT sum(interaction_count) AS n, CAST(sum(total_cost) AS TEXT) AS total FROM ${table}`), [recount], table);
  }
});
