// A call is priced by the price in force when it completed, whenever it arrives.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picoOf } from "./money.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
const now = Math.floor(Date.now() / 1000) * 1000;
const minutesAgo = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();

before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

/** What 1,000 output tokens at that time cost, in picodollars. */
async function costAt(id: string, minutes: number): Promise<bigint> {
  const { json } = await suite.call("/track/interaction", {
    key: suite.keys.ingest,
    body: {
      id, type: "chat", session_id: "prices", user_id: "ada", timestamp: minutesAgo(minutes), provider: "openAI", model_name: "gpt-5-mini",
      usage_convention: "disjoint", usage: { output: 1000 },
    },
  });
  assert.equal(json.price_state, "priced");
  return picoOf(json.total_cost);
}

test("a new price changes what later calls cost, and nothing that was before", async () => {
  const before = await costAt("before", 10);
  const { status } = await suite.call("/pricing/overrides", {
    key: suite.keys.admin,
    body: { provider: "openai", model: "gpt-5-mini", resource_type: "output", rate: "77", per: 1_000_000, valid_from: minutesAgo(5), reason: "a contract" },
  });
  assert.equal(status, 200);
  assert.equal(await costAt("after", 1), picoOf("0.077"));
  assert.equal(await costAt("before-but-late", 8), before);
  assert.notEqual(before, picoOf("0.077"));
  const receipt = (await suite.call("/interactions/before/cost")).json;
  assert.equal(picoOf(receipt.estimate.total_cost), before);
  assert.equal(receipt.revisions.length, 1);
  assert.equal(picoOf(receipt.today.total_cost), picoOf("0.077"));
});

test("the snapshot loaded again changes nothing", async () => {
  const versions = () => suite.rows("SELECT price_book_version, (SELECT count(*) FROM prices) AS prices FROM ledger_state");
  const before = await versions();
  const { json } = await suite.call("/pricing/sync", { key: suite.keys.admin, body: { source: "snapshot" } });
  assert.equal(json.status, "unchanged");
  assert.deepEqual(await versions(), before);
});

test("a list that is down leaves the prices as they are, and its run says why", async () => {
  // No test reaches the network.
  const book = () => suite.rows("SELECT count(*) AS n, max(id) AS last FROM prices");
  const before = await book();
  const { status } = await suite.call("/pricing/sync", { key: suite.keys.admin, body: { source: "litellm" } });
  assert.equal(status, 502);
  assert.equal(await suite.runScheduled("pricing-sync", "37 * * * *", new Date(now)), "ok");
  assert.deepEqual((await book())[0], before[0]);
  const [run] = await suite.rows<{ status: string; error: string }>("SELECT status, error FROM job_runs WHERE job = 'pricing-sync:litellm'");
  assert.equal(run?.status, "failed");
  assert.ok(run.error.length > 0);
});
