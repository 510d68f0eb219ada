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
    suite.rows("SELECT i.id, n.id AS session_id, hex(i.body_hash) AS body, c.revision, c.total_cost, c.price_state FROM interactions i JOIN session_ids n USING (session_key) JOIN cost_estimates c USING (interaction_key) ORDER BY 1, 4"),
    suite.rows("SELECT id, start_time, end_time, last_seen, interaction_count, error_count, unpriced_count, token_count, total_cost FROM sessions JOIN session_ids USING (session_key) ORDER BY id"),
    suite.rows("SELECT day, model, type, sum(interaction_count) AS n, sum(total_cost) AS total FROM usage_daily GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
    // A histogram is the same in whatever order its buckets came.
    suite.rows("SELECT l.day, l.provider, l.model, j.key, j.value FROM latency_daily l, json_each(l.duration_counts) j UNION ALL SELECT l.day, l.provider, l.model, 'first token ' || j.key, j.value FROM latency_daily l, json_each(l.first_token_counts) j ORDER BY 1, 2, 3, 4"),
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

test("an admin sees a late conflict, in its list and on the page of the suite's health", async () => {
  const { json } = await queued.call("/admin/rejections", { key: queued.keys.admin });
  assert.deepEqual([json.total, json.items[0].interaction_id, json.items[0].problem], [1, events[0]!.id, "conflict"]);
  assert.match(json.items[0].detail, /send the same content again, or another id/);
  const health = await queued.call("/health");
  assert.equal(health.json.workers["analytics-tracker"].detail.late_rejections, 1);
  assert.equal((await queued.call("/admin/rejections?limit=0", { key: queued.keys.admin })).status, 400);
});

test("the start and the end of a session pass through the queue", async () => {
  const mark = { session_id: "marked", user_id: "ada", timestamp: Date.now() - 60_000 };
  for (const path of ["/track/session/end", "/track/session/start", "/track/session/end"]) {
    const { status, json } = await queued.call(path, { body: mark, key: queued.keys.ingest });
    assert.deepEqual([status, json.status], [202, "queued"]);
  }
  const stored = () => queued.rows("SELECT start_time, end_time, interaction_count FROM sessions JOIN session_ids USING (session_key) WHERE id = 'marked'");
  await until(async () => JSON.stringify(await stored()) === JSON.stringify([{ start_time: mark.timestamp, end_time: mark.timestamp, interaction_count: 0 }]), "the marks are kept");
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

test("poison goes to the dead-letter queue, and what came with it is recorded", async () => {
  const dead: string[] = [];
  const suite = await openSuite({
    variables: { INGEST_MODE: "queue" },
    prices: false,
    adjust: (name, options) => name === "analytics-tracker"
      ? { ...options, queueConsumers: { "tokentill-events": { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 1, deadLetterQueue: "tokentill-events-dead" } } }
      : options,
    moreWorkers: [{
      name: "beside",
      modules: true,
      // Puts poison into the queue, and keeps what is given up.
      script: `export default {
        async fetch(request, env) { await env.QUEUE.send(await request.text()); return new Response("sent"); },
        async queue(batch) { for (const { body } of batch.messages) console.log("dead " + JSON.stringify(body)); },
      }`,
      compatibilityDate: "2026-07-01",
      queueProducers: { QUEUE: "tokentill-events" },
      queueConsumers: { "tokentill-events-dead": { maxBatchTimeout: 1 } },
    }],
  });
  try {
    const poison = ["no JSON", '{"interaction":{"id":"half"}}'];
    const beside = await suite.worker("beside");
    for (const body of poison) await (await beside.fetch("https://beside/", { method: "POST", body })).text();
    const event = { id: "beside-poison", type: "api", user_id: "ada", timestamp: Date.now() - 60_000 };
    assert.equal((await suite.call("/track/interaction", { body: event, key: suite.keys.ingest })).status, 202);
    await until(async () => {
      dead.splice(0, dead.length, ...suite.logs.filter((line) => line.startsWith("dead ")).map((line) => JSON.parse(line.slice(5)) as string));
      return dead.length === poison.length;
    }, "both poisoned messages are in the dead-letter queue");
    assert.deepEqual(dead.toSorted(), poison.toSorted());
    assert.deepEqual(await suite.rows("SELECT id FROM interactions"), [{ id: "beside-poison" }]);
    assert.deepEqual(await suite.rows("SELECT * FROM ingest_rejections"), []);
  } finally {
    await suite.stop();
  }
});

test("an outage of the database loses no message of the queue", async () => {
  const suite = await openSuite({ variables: { INGEST_MODE: "queue" }, prices: false });
  try {
    // Another schema stands for a database that can't be written to: the tracker must wait.
    await suite.database.prepare("UPDATE ledger_state SET schema_version = schema_version + 1000").run();
    const event = { id: "during-outage", type: "api", user_id: "ada", timestamp: Date.now() - 60_000 };
    assert.equal((await suite.call("/track/interaction", { body: event, key: suite.keys.ingest })).status, 202);
    await until(async () => suite.logs.some((line) => line.includes('"event":"queue"') && line.includes('"failed":1')), "the consumer met the outage");
    assert.deepEqual(await suite.rows("SELECT id FROM interactions"), []);
    await suite.database.prepare("UPDATE ledger_state SET schema_version = schema_version - 1000").run();
    // The message comes again a minute later.
    await until(async () => (await suite.rows("SELECT id FROM interactions")).length === 1, "the message was delivered again", 90_000);
  } finally {
    await suite.stop();
  }
});

/** Waits for a condition; a minute is far beyond what it takes anywhere. */
async function until(condition: () => Promise<boolean>, what: string, patienceMs = 60_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `after ${patienceMs / 1000} s it is not so that ${what}`);
    await sleep(100);
  }
}
