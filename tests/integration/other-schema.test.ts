// A database of an older or a newer release: every Worker says so on /health, and none writes.
import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { cronsOf } from "../../scripts/suite/start-suite.ts";
import { tracesPath, openaiAnthropicError } from "./fixtures.ts";
import { openSuite, type Call, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
let current = 0;

before(async () => {
  suite = await openSuite();
  current = (await suite.rows<{ schema_version: number }>("SELECT schema_version FROM ledger_state"))[0]!.schema_version;
});
after(() => suite.stop());

const event = (id: string): Record<string, unknown> => ({
  id, type: "chat", session_id: "s", user_id: "u", timestamp: new Date(Date.now() - 60_000).toISOString(), provider: "openAI", model_name: "gpt-5-mini",
  usage_convention: "disjoint", usage: { input: 1 },
});
const mark = { session_id: "marked", user_id: "u", timestamp: new Date(Date.now() - 60_000).toISOString() };

/** Every request that writes into the ledger. */
function writes(): [string, Call][] {
  const { ingest, backfill, admin } = suite.keys;
  return [
    ["/track/interaction", { body: event("one"), key: ingest }],
    ["/track/batch", { body: { events: [event("two")] }, key: ingest }],
    ["/track/session/start", { body: mark, key: ingest }],
    ["/track/session/end", { body: mark, key: ingest }],
    [tracesPath, { body: openaiAnthropicError, key: backfill }],
    ["/v1/traces", { body: openaiAnthropicError, key: backfill }],
    ["/api/public/scores", { body: { id: "feedback-1", traceId: "t", name: "user-feedback", value: 1, dataType: "BOOLEAN" }, key: ingest }],
    ["/api/public/scores/feedback-1", { method: "DELETE", key: ingest }],
    ["/admin/keys", { body: { name: "another", scopes: ["read"] }, key: admin }],
    [`/admin/keys/${ingest.id}`, { method: "DELETE", key: admin }],
    ["/admin/counted-sources", { method: "PUT", body: { chat: "langfuse" }, key: admin }],
    ["/admin/archive", { method: "POST", key: admin }],
    ["/admin/verify", { method: "POST", key: admin }],
    ["/admin/reprice", { method: "POST", key: admin }],
    ["/pricing/sync", { body: { source: "cloudflare" }, key: admin }],
    ["/pricing/overrides", { body: { provider: "openai", model: "gpt-5-mini", resource_type: "output", rate: "7", per: 1_000_000, reason: "a contract" }, key: admin }],
    ["/pricing/mappings", { body: { endpoint: "Acme", provider: "openai", reason: "it is" }, key: admin }],
    ["/pricing/quarantine/1/approve", { body: { reason: "it is right" }, key: admin }],
  ];
}

async function everything(): Promise<unknown> {
  const tables = await suite.rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT IN ('prices', 'price_quotes') ORDER BY 1");
  const rows = tables.map(async ({ name }) => [name, await suite.rows(`SELECT * FROM ${name}`)]);
  return [...(await Promise.all(rows)), await suite.rows("SELECT count(*), max(id), sum(valid_to) FROM prices")];
}

test("an older schema is named with its remedy by every Worker and written to by none", (context) =>
  isNamedAndNotWrittenTo(context, -1, "apply the migrations"));

test("a newer schema is named with its remedy by every Worker and written to by none", (context) =>
  isNamedAndNotWrittenTo(context, 1, "deploy the release"));

test("a database of before the baseline is named with what can be done", async () => {
  await suite.database.prepare("CREATE TABLE latency_histogram (day INTEGER)").run();
  await suite.database.prepare("UPDATE ledger_state SET schema_version = 13").run();
  const { status, json } = await suite.call("/health");
  assert.deepEqual([status, json.status], [503, "down"]);
  for (const [worker, health] of Object.entries<any>(json.workers)) {
    assert.match(JSON.stringify(health.detail), /made by the migrations of before the baseline \(version 13\)/, worker);
    assert.match(JSON.stringify(health.detail), /export what is to be kept and start with a new database/, worker);
  }
  assert.equal((await suite.call("/track/interaction", { body: event("old"), key: suite.keys.ingest })).status, 503);
  await suite.database.prepare("DROP TABLE latency_histogram").run();
  await suite.database.prepare(`UPDATE ledger_state SET schema_version = ${current}`).run();
});

async function isNamedAndNotWrittenTo(context: TestContext, offset: number, remedy: string): Promise<void> {
  await suite.database.prepare(`UPDATE ledger_state SET schema_version = ${current + offset}`).run();
  const before = await everything();

  const { status, json } = await suite.call("/health");
  assert.deepEqual([status, json.status], [503, "down"]);
  for (const [worker, health] of Object.entries<any>(json.workers)) {
    assert.equal(health.status, "down", worker);
    assert.ok(JSON.stringify(health.detail).includes(`schema version ${current + offset}`), `${worker} says ${JSON.stringify(health)}`);
    assert.ok(JSON.stringify(health.detail).includes(remedy), worker);
  }
  for (const [path, call] of writes()) {
    await context.test(`${call.method ?? "POST"} ${path.replace(/pk-[^/]+/, "{id}")}`, async () => {
      const answer = await suite.call(path, call);
      assert.equal(answer.status, 503, answer.text);
      assert.match(answer.text, /schema version/);
    });
  }
  for (const worker of ["analytics-tracker", "pricing-sync"] as const) {
    for (const minute of [7, 22, 37, 52]) {
      assert.equal(await suite.runScheduled(worker, cronsOf(worker)[0]!, new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000 + minute * 60_000)), "ok");
    }
  }
  assert.ok(suite.logs.some((line) => line.includes('"event":"job"') && line.includes("schema version")), "the log says why no job ran");
  assert.deepEqual(await everything(), before);
  await suite.database.prepare(`UPDATE ledger_state SET schema_version = ${current}`).run();
}

test("once the schema is the Worker's own, everything is as it was", async () => {
  const { json } = await suite.call("/health");
  assert.equal(json.workers["analytics-tracker"].status, "ok");
  assert.equal((await suite.call("/track/interaction", { body: event("one"), key: suite.keys.ingest })).status, 201);
});
