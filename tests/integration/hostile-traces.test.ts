// OTLP bodies in every wrapping and disorder: packed, cut, crowded, out of order, seen twice.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { canary, openaiAnthropicError, tracesPath } from "./fixtures.ts";
import { type Answer, type Call, openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;

before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

const startMs = Math.floor(Date.now() / 1000) * 1000 - 60_000;
let nextTrace = 1;
const newTrace = (): string => (nextTrace++).toString(16).padStart(32, "0");

interface SpanParts {
  trace?: string;
  id?: number;
  parent?: number;
  name?: string;
  kind?: number;
  startMs?: number;
  endMs?: number;
  attributes?: Record<string, string | number>;
  status?: unknown;
}

const hex = (id: number): string => id.toString(16).padStart(16, "0");

function span({ trace = newTrace(), id = 1, parent, name = "span", kind = 1, attributes = {}, ...rest }: SpanParts): Record<string, unknown> {
  return {
    traceId: trace, spanId: hex(id), ...(parent !== undefined && { parentSpanId: hex(parent) }), name, kind,
    startTimeUnixNano: `${rest.startMs ?? startMs}000000`, endTimeUnixNano: `${rest.endMs ?? startMs + 40}000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value } })),
    status: rest.status ?? {},
  };
}

const generation = (parts: SpanParts = {}): Record<string, unknown> => span({
  ...parts,
  attributes: {
    "user.id": "ada", "session.id": "conv-1", "langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-5-mini",
    "langfuse.observation.metadata.provider": "openAI", "langfuse.observation.usage_details": '{"input":10,"output":5}', ...parts.attributes,
  },
});

const genAi = (parts: SpanParts = {}): Record<string, unknown> => span({
  ...parts,
  attributes: { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5-mini", "gen_ai.usage.input_tokens": 10, ...parts.attributes },
});

const bodyOf = (spans: readonly unknown[]): string => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const post = (body: unknown, more: Call & { path?: string } = {}): Promise<Answer> =>
  suite.call(more.path ?? tracesPath, { body, key: suite.keys.ingest, ...more });

test("gzip is unpacked, in one member or in several", async () => {
  const body = bodyOf([generation()]);
  const gzip = { headers: { "content-encoding": "gzip" } };
  assert.equal((await post(gzipSync(body), gzip)).json.counts.accepted, 1);
  const half = Math.floor(body.length / 2);
  const members = Buffer.concat([gzipSync(body.slice(0, half)), gzipSync(body.slice(half))]);
  assert.equal((await post(members, { headers: { "content-encoding": "GZIP" } })).json.counts.duplicate, 1);
});

test("gzip that breaks off, is none, or is a bomb is refused", async () => {
  const packed = gzipSync(bodyOf([generation()]));
  const gzip = { headers: { "content-encoding": "gzip" } };
  for (const broken of [packed.subarray(0, packed.length - 5), packed.subarray(0, 12), Buffer.from("{}"), Buffer.concat([packed, Buffer.from("rest")])]) {
    const answer = await post(broken, gzip);
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.detail, /is not gzip, or breaks off: compress the whole body/);
  }
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, " "));
  assert.ok(bomb.length < 300_000);
  const answer = await post(bomb, gzip);
  assert.equal(answer.status, 413, answer.text);
  assert.match(answer.json.detail, /is over 67108864 bytes/);
  // Packed without saying so.
  assert.equal((await post(packed)).status, 400);
});

test("one bad span does not sink the others, and is answered the OTLP way", async () => {
  const spans = [
    generation(),
    generation({ attributes: { "langfuse.observation.usage_details": "no JSON" } }),
    { traceId: "zz", spanId: 1 },
    [],
    "span",
    generation({ startMs: startMs - 401 * 86_400_000 }),
    generation({ startMs: startMs + 3_600_000, endMs: startMs + 3_600_040 }),
  ];
  const answer = await post(bodyOf(spans));
  assert.equal(answer.status, 200);
  // A span is never refused for its usage: that call is kept with unknown cost.
  assert.deepEqual([answer.json.counts.accepted, answer.json.counts.rejected], [2, 5]);
  assert.equal(answer.json.partialSuccess.rejectedSpans, "5");
  assert.match(answer.json.partialSuccess.errorMessage, /`traceId` is `zz`: send 32 hex digits/);
  assert.deepEqual((await post(bodyOf([]))).json.partialSuccess, {});
});

test("lists and objects where others belong are refused whole or span by span", async () => {
  for (const body of ["[]", '"text"', "7", '{"resourceSpans":{}}', '{"resourceSpans":[{"scopeSpans":{}}]}', '{"resourceSpans":[[]]}', '{"resourceSpans":[7]}', "{", ""]) {
    const answer = await post(body);
    assert.equal(answer.status, 400, `${body}: ${answer.text}`);
  }
  const odd = generation();
  for (const attributes of [{}, "text", [7], [{ key: 7 }], [{ key: "user.id", value: [] }]]) {
    assert.equal((await post(bodyOf([{ ...odd, attributes }]))).status, 200, JSON.stringify(attributes));
  }
  for (const body of ["{}", '{"resourceSpans":null}', '{"other":1}']) assert.equal((await post(body)).status, 200, body);
});

test("spans out of order, without their parents, or ending before they start are kept", async () => {
  const trace = newTrace();
  const body = bodyOf([
    generation({ trace, id: 3, parent: 2, startMs: startMs + 500, endMs: startMs + 900 }),
    generation({ trace, id: 4, parent: 99 }),
    generation({ trace, id: 5, parent: 5 }),
    generation({ trace, id: 6, parent: 7, startMs, endMs: startMs - 5_000 }),
    span({ trace, id: 2, parent: 1, attributes: { "langfuse.observation.type": "chain" } }),
  ]);
  assert.deepEqual(await countsOf(post(body)), { accepted: 4, dropped: 1 });
  assert.deepEqual(
    await suite.rows(`SELECT duration_ms, price_time - timestamp AS priced_after FROM interactions WHERE id = '${trace}-${hex(6)}'`),
    [{ duration_ms: null, priced_after: 0 }],
  );
});

test("a body of thousands of spans goes in by chunks, and again changes nothing", async () => {
  const trace = newTrace();
  const spans = Array.from({ length: 1_700 }, (_, index) => generation({ trace, id: index + 1 }));
  const body = bodyOf(spans);
  assert.deepEqual(await countsOf(post(body)), { accepted: 1_700 });
  assert.deepEqual(await countsOf(post(body)), { duplicate: 1_700 });
  const [{ n }] = (await suite.rows<{ n: number }>(`SELECT count(*) AS n FROM interactions WHERE id LIKE '${trace}%'`)) as [{ n: number }];
  assert.equal(n, 1_700);
  const tooMany = bodyOf(Array.from({ length: 10_001 }, () => ({})));
  assert.equal((await post(tooMany)).status, 413);
  // Whoever sends too much gets the answer, and no broken connection, however often.
  for (const length of [64 * 1024 * 1024 + 1, 70_000_000]) {
    const answer = await post(" ".repeat(length));
    assert.equal(answer.status, 413, `${length} bytes`);
    assert.match(answer.text, /over 67108864 bytes/);
  }
});

test("bodies of 22 and of 60 MB are read as they come, exactly and without a word of them", async () => {
  for (const [megabytes, spans] of [[22, 40], [60, 60]] as const) {
    const trace = newTrace();
    const piece = `${canary} "said"\n\\ 😀 `;
    // Without the quotes around it, a piece is as long in the body as its JSON is.
    const content = piece.repeat(Math.ceil((megabytes * 1_000_000) / spans / (Buffer.byteLength(JSON.stringify(piece)) - 2)));
    const body = bodyOf(Array.from({ length: spans }, (_, index) => generation({ trace, id: index + 1, attributes: { "langfuse.observation.input": content } })));
    assert.ok(Buffer.byteLength(body) > megabytes * 1_000_000, `${Buffer.byteLength(body)} bytes`);
    assert.deepEqual(await countsOf(post(body)), { accepted: spans });
    assert.deepEqual(await countsOf(post(gzipSync(body), { headers: { "content-encoding": "gzip" } })), { duplicate: spans });
    const rows = await suite.rows<{ n: number; tokens: number }>(`SELECT count(*) AS n, sum(input_tokens) AS tokens FROM interactions WHERE id LIKE '${trace}%'`);
    assert.deepEqual(rows, [{ n: spans, tokens: 10 * spans }]);
    // Cut off, nothing of it is kept by halves.
    const next = body.replaceAll(trace, newTrace());
    assert.equal((await post(next.slice(0, next.length - 40))).status, 400);
  }
});

test("a base address that ends in a slash and a medium of the SDK are answered", async () => {
  assert.deepEqual(await countsOf(post(bodyOf([generation()]), { path: `/${tracesPath}` })), { accepted: 1 });
  const medium = await suite.call("/api/public/media", { body: { traceId: newTrace(), contentType: "image/png", field: "input" }, key: suite.keys.ingest });
  assert.deepEqual([medium.status, medium.json.uploadUrl], [201, null]);
});

test("a span about models that nobody understands is named in a warning", async () => {
  const answer = await post(bodyOf([span({ attributes: { "gen_ai.evaluation.score": 1 } })]));
  assert.deepEqual([answer.json.counts.dropped, answer.json.partialSuccess.rejectedSpans], [1, "0"]);
  assert.match(answer.json.partialSuccess.errorMessage, /unread_model_span: 1 \(for example gen_ai.evaluation.score\)/);
  assert.deepEqual(answer.json.left_out, { unread_model_span: 1 });
});

test("the same id with other content is a conflict in the partial success", async () => {
  const trace = newTrace();
  await post(bodyOf([generation({ trace })]));
  const answer = await post(bodyOf([generation({ trace, attributes: { "user.id": "eve" } })]));
  assert.deepEqual([answer.status, answer.json.counts.conflict, answer.json.partialSuccess.rejectedSpans], [200, 1, "1"]);
  assert.match(answer.json.partialSuccess.errorMessage, /recorded with other content/);
});

test("a call that two exporters see counts once, and an admin says by which", async () => {
  const trace = newTrace();
  const native = { path: "/v1/traces" };
  assert.deepEqual(await countsOf(post(bodyOf([generation({ trace })]))), { accepted: 1 });
  assert.deepEqual(await countsOf(post(bodyOf([genAi({ trace, id: 2 })]), native)), { ignored: 1 });
  assert.deepEqual(await suite.rows(`SELECT source FROM interactions WHERE id LIKE '${trace}%'`), [{ source: "langfuse" }]);
  const change = await suite.call("/admin/counted-sources", { method: "PUT", body: { chat: "otel" }, key: suite.keys.admin });
  assert.deepEqual(change.json, { chat: "otel" });
  const next = newTrace();
  assert.deepEqual(await countsOf(post(bodyOf([generation({ trace: next })]))), { ignored: 1 });
  assert.deepEqual(await countsOf(post(bodyOf([genAi({ trace: next, id: 2 })]), native)), { accepted: 1 });
  await suite.call("/admin/counted-sources", { method: "PUT", body: { chat: "langfuse" }, key: suite.keys.admin });
  const wrong = await suite.call("/admin/counted-sources", { method: "PUT", body: { chat: "both" }, key: suite.keys.admin });
  assert.deepEqual([wrong.status, wrong.json.field], [422, "chat"]);
});

test("native spans become requests and database operations, the noise is dropped and counted", async () => {
  const trace = newTrace();
  const server = span({ trace, id: 1, kind: 2, name: "POST /api/ask", attributes: { "http.route": "/api/ask", "http.response.status_code": 200, "enduser.id": "ada" } });
  const find = span({ trace, id: 2, parent: 1, kind: 3, attributes: { "db.system": "mongoose", "db.operation": "findOne" } });
  const middleware = span({ trace, id: 3, parent: 1, name: "middleware - cors" });
  const polling = span({ id: 9, kind: 3, attributes: { "db.system": "mongodb", "db.operation": "find" } });
  assert.deepEqual(await countsOf(post(bodyOf([find, middleware, server, polling]), { path: "/v1/traces" })), { accepted: 2, dropped: 2 });
  assert.deepEqual(await suite.rows(`SELECT type FROM interactions WHERE id LIKE '${trace}%' ORDER BY type`), [{ type: "api" }, { type: "db" }]);
});

test("protobuf takes a charset and answers in protobuf", async () => {
  const response = await fetch(`${suite.url}${tracesPath}`, {
    method: "POST",
    headers: { authorization: `Bearer ${suite.keys.ingest.id}:${suite.keys.ingest.secret}`, "content-type": "application/x-protobuf; charset=utf-8" },
    body: new Uint8Array(),
  });
  assert.deepEqual([response.status, response.headers.get("content-type")], [200, "application/x-protobuf"]);
  assert.equal((await response.arrayBuffer()).byteLength, 0);
  const noise = await post(new Uint8Array([1, 2, 3, 4, 5]), { headers: { "content-type": "application/x-protobuf" } });
  assert.equal(noise.status, 400);
});

test("thumbs come before or after their trace, change, and are taken back", async () => {
  const trace = newTrace();
  const score = (value: unknown): Promise<Answer> =>
    suite.call("/api/public/scores", { body: { id: `feedback-${trace}`, traceId: trace, name: "user-feedback", value, dataType: "BOOLEAN", comment: canary }, key: suite.keys.ingest });
  const stored = () => suite.rows<{ value: number }>(`SELECT value FROM feedback WHERE trace_id = '${trace}'`);
  assert.deepEqual([(await score(1)).json.id, await stored()], [`feedback-${trace}`, [{ value: 1 }]]);
  await post(bodyOf([generation({ trace })]));
  await score(0);
  assert.deepEqual(await stored(), [{ value: 0 }]);
  const remove = () => suite.call(`/api/public/scores/feedback-${trace}`, { method: "DELETE", key: suite.keys.ingest });
  assert.deepEqual([(await remove()).status, (await remove()).status], [204, 204]);
  assert.deepEqual(await stored(), []);
  // The longest trace id that is taken has a score too, and can be taken back.
  const longest = "t".repeat(128);
  const kept = await suite.call("/api/public/scores", { body: { traceId: longest, value: true }, key: suite.keys.ingest });
  assert.equal((await suite.call(`/api/public/scores/${kept.json.id}`, { method: "DELETE", key: suite.keys.ingest })).status, 204);
  assert.deepEqual(await suite.rows("SELECT * FROM feedback"), []);
});

test("no content gets out of any corner of a trace", async () => {
  const secret = `${canary} "quoted" \u0007 😀 \\ Error: 400 {"code":"${canary}"}`;
  const hidden = {
    ...generation({
      name: `${canary} run`,
      attributes: {
        "langfuse.observation.input": secret, "langfuse.observation.output": secret, "langfuse.trace.input": secret, "gen_ai.prompt": secret,
        "langfuse.observation.level": "ERROR", "langfuse.observation.status_message": secret, "langfuse.observation.metadata.langgraph_node": secret,
        "langfuse.trace.name": secret, "db.statement": secret,
      },
      status: { code: 2, message: secret },
    }),
    events: [{ name: "exception", attributes: [{ key: "exception.message", value: { stringValue: secret } }] }],
    links: [{ attributes: [{ key: "k", value: { stringValue: secret } }] }],
    [secret]: secret,
  };
  assert.deepEqual(await countsOf(post(bodyOf([hidden]))), { accepted: 1 });
  const answers = [
    await post(bodyOf([{ ...hidden, traceId: secret }])),
    await post(bodyOf([{ ...generation(), startTimeUnixNano: secret }])),
    await post(bodyOf([generation({ attributes: { "user.id": secret } })])),
    await post(bodyOf([generation({ attributes: { "langfuse.observation.usage_details": secret } })])),
    await post(bodyOf([generation({ attributes: { "langfuse.observation.usage_details": JSON.stringify({ [secret]: 1 }) } })])),
    await post(bodyOf([hidden]).slice(0, -30)),
    await post(`{"resourceSpans":"${canary}"}`),
    await post(openaiAnthropicError.slice(0, openaiAnthropicError.lastIndexOf(canary) + canary.length)),
    await suite.call("/track/interaction", { body: { [canary]: canary, prompt: secret }, key: suite.keys.ingest }),
    await suite.call("/track/batch", { body: { events: [secret, { id: secret }] }, key: suite.keys.ingest }),
    await suite.call("/api/public/ingestion", { body: { batch: [{ id: "a", body: { input: secret } }] }, key: suite.keys.ingest }),
  ];
  for (const { text } of answers) assert.ok(!text.includes(`${canary} `), text);
  assert.ok(!suite.logs.join("\n").includes(canary), "the logs hold content");
  for (const { name } of await suite.rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'")) {
    assert.ok(!JSON.stringify(await suite.rows(`SELECT * FROM "${name}"`)).includes(canary), `the table ${name} holds content`);
  }
});

/** The counts that are not zero, of an answer that took every span. */
async function countsOf(answer: Promise<Answer>): Promise<Record<string, number>> {
  const { status, json, text } = await answer;
  assert.equal(status, 200, text);
  assert.deepEqual(json.partialSuccess, {}, text);
  return Object.fromEntries(Object.entries(json.counts as Record<string, number>).filter(([, count]) => count > 0));
}
