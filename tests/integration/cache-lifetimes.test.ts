// The operator says how long LibreChat's cache writes live; what is recorded follows when it is asked to.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const traceId = "7".repeat(32);
const start = Date.now() - 60_000;

/** A call of Anthropic as LibreChat sends it: 1,000 tokens written to a cache, no lifetime told. */
const trace = (spanId: string) => ({
  resourceSpans: [{ scopeSpans: [{ spans: [{
    traceId, spanId, name: "llm", startTimeUnixNano: `${start}000000`, endTimeUnixNano: `${start + 900}000000`,
    attributes: [
      text("user.id", "ada"), text("session.id", "conv-1"), text("langfuse.observation.type", "generation"),
      text("langfuse.observation.metadata.provider", "anthropic"), text("langfuse.observation.model.name", "claude-sonnet-4-5"),
      text("langfuse.observation.usage_details", JSON.stringify({ input: 10, output: 5, input_cache_creation: 1000, total: 1015 })),
    ],
  }] }] }],
});
const send = (spanId: string) => suite.call("/api/public/otel/v1/traces", { key: suite.keys.ingest, body: trace(spanId) });
const tokensOf = async (spanId: string) => {
  const { tokens } = (await suite.call(`/interactions/${traceId}-${spanId}/cost`)).json.interaction;
  return [tokens.cache_write_5m, tokens.cache_write_1h];
};
const lifetime = (body: object) => suite.call("/admin/cache-lifetimes", { method: "PUT", key: suite.keys.admin, body });

test("librechats writes live an hour until the operator says otherwise, and a re-rating moves what was recorded", async () => {
  const { items } = (await suite.call("/admin/cache-lifetimes", { key: suite.keys.admin })).json;
  assert.deepEqual(items, [
    { source: "langfuse", lifetime: "5m", valid_from: null },
    { source: "langfuse", lifetime: "1h", valid_from: "2026-06-18T00:00:00.000Z" },
  ]);
  assert.equal((await send("1".repeat(16))).status, 200);
  assert.deepEqual(await tokensOf("1".repeat(16)), [0, 1000]);

  const changed = await lifetime({ source: "langfuse", lifetime: "5m" });
  assert.equal(changed.status, 200);
  assert.deepEqual(changed.json.items, [{ source: "langfuse", lifetime: "5m", valid_from: null }]);
  const again = await send("1".repeat(16));
  assert.equal(again.json.counts.duplicate, 1, "the same call, however its lifetime is taken");
  await send("2".repeat(16));
  assert.deepEqual(await tokensOf("2".repeat(16)), [1000, 0]);

  const today = new Date(start).toISOString().slice(0, 10);
  const run = await suite.call("/admin/rerate", {
    key: suite.keys.admin, body: { start_date: today, end_date: today, flag: "cache_lifetime_by_setting", reason: "five minutes" },
  });
  assert.equal(run.json.changes.changed_count, 1);
  assert.deepEqual(await tokensOf("1".repeat(16)), [1000, 0]);
});

test("what is no lifetime is refused by its field, and only an admin may say", async () => {
  for (const [body, field] of [
    [{ source: "langfuse", lifetime: "2h" }, "lifetime"],
    [{ source: "elsewhere", lifetime: "1h" }, "source"],
    [{ source: "langfuse", lifetime: "1h", valid_from: "soon" }, "valid_from"],
  ] as const) {
    const { status, json } = await lifetime(body);
    assert.deepEqual([status, json.field], [422, field]);
  }
  assert.equal((await suite.call("/admin/cache-lifetimes", { key: suite.keys.read })).status, 403);
});
