// Queue mode: 202 once the event is in the queue, then the same ledger as direct mode makes of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sampleHistory } from "../../scripts/sample/history.ts";
import { bothCaptures, canary, tracesPath } from "./fixtures.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let queued: OpenSuite;
let direct: OpenSuite;
const events = sampleHistory(new Date(), 4).slice(0, 300);

before(async () => {
  queued = await openSuite({ variables: { INGEST_MODE: "queue" } });
  direct = await openSuite();
});
after(async () => {
  await queued.stop();
  await direct.stop();
});

/** Sends everything twice, then waits until the consumer has written as many as there are. */
async function sendTwice(suite: OpenSuite, status: number): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    const batch = await suite.call("/track/batch", { body: { events }, key: suite.keys.ingest });
    assert.equal(batch.status, status);
    for (const body of bothCaptures) await suite.call(tracesPath, { body, key: suite.keys.backfill });
  }
}

const count = async (suite: OpenSuite): Promise<number> => (await suite.rows<{ n: number }>("SELECT count(*) AS n FROM interactions"))[0]!.n;

async function ledgerOf(suite: OpenSuite): Promise<unknown> {
  return Promise.all([
    suite.rows("SELECT i.id, i.session_id, hex(i.body_hash) AS body, c.revision, c.total_cost, c.price_state FROM interactions i JOIN cost_estimates c USING (interaction_key) ORDER BY 1, 4"),
    suite.rows("SELECT id, start_time, end_time, last_seen, interaction_count, error_count, unpriced_count, token_count, total_cost FROM sessions ORDER BY id"),
    suite.rows("SELECT day, model, type, sum(interaction_count) AS n, sum(total_cost) AS total FROM usage_daily GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
    suite.rows("SELECT * FROM latency_histogram ORDER BY 1, 2, 3, 4, 5"),
  ]);
}

test("both modes make the same ledger of the same events", async () => {
  await sendTwice(direct, 200);
  await sendTwice(queued, 202);
  const expected = await count(direct);
  assert.ok(expected > events.length);
  await until(async () => (await count(queued)) >= expected, "the consumer wrote every event");
  assert.deepEqual(await ledgerOf(queued), await ledgerOf(direct));
});

test("a conflict that shows only in the consumer is written down", async () => {
  const event = { ...events[0]!, metadata: { changed: true } };
  const { status } = await queued.call("/track/interaction", { body: event, key: queued.keys.ingest });
  assert.equal(status, 202);
  const rejections = () => queued.rows<{ interaction_id: string }>("SELECT interaction_id FROM ingest_rejections");
  await until(async () => (await rejections()).length > 0, "the rejection is written down");
  assert.deepEqual(await rejections(), [{ interaction_id: event.id }]);
  assert.equal(await count(queued), await count(direct));
});

test("a wrong event is refused before it is queued", async () => {
  const { status, json } = await queued.call("/track/interaction", { body: { ...events[0]!, id: "wrong", type: "chats" }, key: queued.keys.ingest });
  assert.deepEqual([status, json.field], [422, "type"]);
});

test("no word of a prompt passes through the queue into logs or tables", async () => {
  assert.ok(!queued.logs.join("\n").includes(canary));
  for (const table of ["interactions", "sessions", "ingest_rejections"]) {
    assert.ok(!JSON.stringify(await queued.rows(`SELECT * FROM ${table}`)).includes(canary), table);
  }
});

/** Waits for a condition; a minute is far beyond what it takes anywhere. */
async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `after a minute it is not so that ${what}`);
    await sleep(100);
  }
}
