// What is recorded is estimated again by the book as it says today: tried first, then done, once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picoOf } from "./money.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
const now = Math.floor(Date.now() / 1000) * 1000;
const minutesAgo = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const day = (offset: number): string => new Date(now + offset * 86_400_000).toISOString().slice(0, 10);
const range = { start_date: day(-2), end_date: day(1), provider: "openAI" };

before(async () => {
  suite = await openSuite();
  for (const [id, user] of [["one", "ada"], ["two", "ben"]] as const) {
    const { json } = await suite.call("/track/interaction", {
      key: suite.keys.ingest,
      body: {
        id, type: "chat", session_id: id, user_id: user, timestamp: minutesAgo(60), provider: "openAI", model_name: "gpt-5-mini",
        usage_convention: "disjoint", usage: { output: 1000 },
      },
    });
    assert.equal(json.price_state, "priced");
  }
});
after(() => suite.stop());

const rerate = (body: object) => suite.call("/admin/rerate", { key: suite.keys.admin, body });
const costOf = async (id: string): Promise<bigint> => picoOf((await suite.call(`/interactions/${id}/cost`)).json.estimate.total_cost);

test("a corrected price is tried, then done, and a second run finds nothing", async () => {
  const right = await suite.call("/pricing/overrides", {
    key: suite.keys.admin,
    body: { provider: "openai", model: "gpt-5-mini", resource_type: "output", rate: "77", per: 1_000_000, valid_from: minutesAgo(120), reason: "the list was wrong" },
  });
  assert.equal(right.status, 200);
  const before = await costOf("one");

  const trial = await rerate({ ...range, dry_run: true });
  assert.equal(trial.status, 200);
  assert.deepEqual([trial.json.dry_run, trial.json.is_complete, trial.json.run], [true, true, null]);
  assert.equal(trial.json.changes.changed_count, 2);
  assert.equal(picoOf(trial.json.changes.cost_after), 2n * picoOf("0.077"));
  assert.equal(await costOf("one"), before);

  const run = await rerate({ ...range, reason: "the list was wrong" });
  assert.equal(run.status, 200);
  assert.deepEqual(run.json.changes, trial.json.changes);
  assert.equal(run.json.is_complete, true);
  assert.deepEqual(run.json.changes.by_user.map((change: { name: string }) => change.name), ["ada", "ben"]);
  const [example] = run.json.changes.examples;
  assert.equal(picoOf(example.before.total_cost), before);
  assert.equal(picoOf(example.after.lines[0].amount), picoOf("0.077"));

  const receipt = (await suite.call("/interactions/one/cost")).json;
  assert.equal(picoOf(receipt.estimate.total_cost), picoOf("0.077"));
  assert.deepEqual([receipt.revisions.length, receipt.estimate.reason], [2, "the list was wrong"]);
  const system = (await suite.call(`/stats/system?start_date=${day(-2)}&end_date=${day(1)}`)).json;
  assert.equal(picoOf(system.total.total_cost), 2n * picoOf("0.077"));

  const again = await rerate({ ...range, reason: "once more" });
  assert.equal(again.json.changes.changed_count, 0);
  const { items, total } = (await suite.call("/admin/rerate", { key: suite.keys.admin })).json;
  assert.equal(total, 2);
  assert.deepEqual(items.map((item: { changed_count: number }) => item.changed_count), [0, 2]);
  const one = (await suite.call(`/admin/rerate/${items[1].id}`, { key: suite.keys.admin })).json;
  assert.deepEqual(one.changes, run.json.changes);
});

test("a wish that can't be meant is refused by its field, and only an admin may wish", async () => {
  for (const [body, field] of [
    [{ start_date: day(1), end_date: day(0) }, "end_date"],
    [{ ...range, flag: "odd" }, "flag"],
    [{ ...range, price_state: "cheap" }, "price_state"],
    [{ ...range, reason: "x".repeat(201) }, "reason"],
    [{ ...range, dryrun: true }, "dryrun"],
    [{ start_date: range.start_date }, "end_date"],
  ] as const) {
    const { status, json } = await rerate(body);
    assert.deepEqual([status, json.field], [422, field]);
  }
  assert.equal((await suite.call("/admin/rerate", { key: suite.keys.ingest, body: range })).status, 403);
  assert.equal((await suite.call("/admin/rerate/77", { key: suite.keys.admin })).status, 404);
});
