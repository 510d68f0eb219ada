// The operator lets a gateway's own amounts count, from a moment on; what is recorded follows when it is asked to.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picoOf } from "./money.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

const now = Math.floor(Date.now() / 1000) * 1000;
const minutesAgo = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const day = (offset: number): string => new Date(now + offset * 86_400_000).toISOString().slice(0, 10);

/** A call through OpenRouter that says what it was billed. */
const send = (id: string, minutes: number) =>
  suite.call("/track/interaction", {
    key: suite.keys.ingest,
    body: {
      id, type: "chat", session_id: id, user_id: "ada", timestamp: minutesAgo(minutes), provider: "openrouter", model_name: "openai/gpt-5-mini",
      usage: { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010, cost: 0.0123 },
    },
  });
const setting = (body: object) => suite.call("/admin/reported-costs", { method: "PUT", key: suite.keys.admin, body });
const receipt = async (id: string) => (await suite.call(`/interactions/${id}/cost`)).json;

test("a gateway's amount stands beside the estimate until an operator lets it count, and a re-rating applies that", async () => {
  assert.deepEqual((await suite.call("/admin/reported-costs", { key: suite.keys.admin })).json, { items: [] });
  await send("before", 90);
  const beside = await receipt("before");
  assert.equal(picoOf(beside.reported_cost), picoOf("0.0123"));
  assert.notEqual(picoOf(beside.estimate.total_cost), picoOf("0.0123"));

  const since = minutesAgo(60);
  const changed = await setting({ provider: "OpenRouter", counts: "provider", valid_from: since });
  assert.equal(changed.status, 200);
  assert.deepEqual(changed.json.items, [{ provider: "openrouter", counts: "provider", valid_from: since }]);
  const sent = await send("after", 30);
  assert.deepEqual([sent.json.price_state, picoOf(sent.json.total_cost)], ["declared", picoOf("0.0123")]);
  const stated = await receipt("after");
  assert.equal(stated.equals_stored, true);
  assert.deepEqual(stated.lines.map((line: { flags: string[] }) => line.flags), [["reported"]]);
  assert.deepEqual(stated.reading, ["reported"]);
  // The same call, however its cost is taken.
  assert.equal((await send("after", 30)).json.status, "duplicate");
  await send("earlier", 80);
  assert.notEqual(picoOf((await receipt("earlier")).estimate.total_cost), picoOf("0.0123"));

  await setting({ provider: "openrouter", counts: "provider" });
  const run = await suite.call("/admin/rerate", { key: suite.keys.admin, body: { start_date: day(-1), end_date: day(1), provider: "openrouter", reason: "its word counts" } });
  assert.equal(run.json.changes.changed_count, 2);
  for (const id of ["before", "earlier", "after"]) assert.equal(picoOf((await receipt(id)).estimate.total_cost), picoOf("0.0123"));
});

test("what is no setting is refused by its field, and only an admin may say", async () => {
  for (const [body, field] of [
    [{ provider: "openrouter", counts: "yes" }, "counts"],
    [{ counts: "any" }, "provider"],
    [{ provider: "openrouter", counts: "any", valid_from: "soon" }, "valid_from"],
  ] as const) {
    const { status, json } = await setting(body);
    assert.deepEqual([status, json.field], [422, field]);
  }
  assert.equal((await suite.call("/admin/reported-costs", { key: suite.keys.read })).status, 403);
});
