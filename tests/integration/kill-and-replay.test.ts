// The runtime is killed in the middle of traffic, started again, and everything is sent once more:
// the ledger must be what one undisturbed run makes of it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sampleHistory, type TrackEvent } from "../../scripts/sample/history.ts";
import { canKillWorkerd, killWorkerdOf } from "./kill-workerd.ts";
import { basic, openSuite, type OpenSuite } from "./open-suite.ts";

const directory = mkdtempSync(join(tmpdir(), "tokentill-kill-"));
after(() => rmSync(directory, { recursive: true, force: true }));

const batchSize = 40;
const events = sampleHistory(new Date(), 10).slice(0, 1_600);
const batches: TrackEvent[][] = [];
for (let start = 0; start < events.length; start += batchSize) batches.push(events.slice(start, start + batchSize));

test("a_killed_runtime_and_a_replay_leave_the_exact_totals", { skip: !canKillWorkerd && "needs /proc" }, async () => {
  const undisturbed = await openSuite();
  await sendAll(undisturbed, batches);
  const expected = await ledgerOf(undisturbed);
  await undisturbed.stop();

  const persist = join(directory, "persisted");
  for (const killedAfter of [3, 11, 20]) {
    const suite = await openSuite({ persist });
    await killInTheMiddle(suite, killedAfter);
    await suite.stop().catch(() => undefined);
  }
  const suite = await openSuite({ persist });
  await sendAll(suite, batches);
  assert.deepEqual(await ledgerOf(suite), expected);
  await suite.stop();
});

async function post(suite: OpenSuite, batch: readonly TrackEvent[]): Promise<void> {
  const response = await fetch(`${suite.url}/track/batch`, {
    method: "POST",
    headers: { authorization: basic(suite.keys.ingest), "content-type": "application/json" },
    body: JSON.stringify({ events: batch }),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const { counts } = JSON.parse(text);
  assert.deepEqual([counts.conflict, counts.rejected], [0, 0], text.slice(0, 500));
}

async function sendAll(suite: OpenSuite, all: readonly TrackEvent[][]): Promise<void> {
  for (const batch of all) await post(suite, batch);
}

/** Sends with four connections, and kills workerd as soon as so many batches were answered. */
async function killInTheMiddle(suite: OpenSuite, killedAfter: number): Promise<void> {
  const queue = [...batches];
  let answered = 0;
  let isKilled = false;
  const work = async (): Promise<void> => {
    while (!isKilled) {
      const batch = queue.shift();
      if (batch === undefined) return;
      try {
        await post(suite, batch);
      } catch (error) {
        if (isKilled) return;
        throw error;
      }
      answered += 1;
      if (answered === killedAfter) {
        isKilled = true;
        killWorkerdOf(process.pid);
      }
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  assert.ok(isKilled, "the runtime was killed before the traffic ended");
}

/** All that counts, and a naive recount of it from the interactions themselves. */
async function ledgerOf(suite: OpenSuite): Promise<Record<string, unknown>> {
  const total = "CAST(sum(total_cost) AS TEXT) AS total";
  const sums = {
    interactions: await suite.rows("SELECT i.id, n.id AS session_id, hex(body_hash) AS body FROM interactions i JOIN session_ids n USING (session_key) ORDER BY i.id"),
    estimates: await suite.rows("SELECT i.id, c.revision, c.total_cost, c.price_state FROM cost_estimates c JOIN interactions i USING (interaction_key) ORDER BY 1, 2"),
    sessions: await suite.rows(`SELECT id, interaction_count, error_count, unpriced_count, token_count, total_cost, start_time, last_seen FROM sessions JOIN session_ids USING (session_key) ORDER BY id`),
    cube: await suite.rows(`SELECT day, model, agent, type, sum(interaction_count) AS n, ${total} FROM usage_daily GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`),
    latencies: await suite.rows("SELECT * FROM latency_daily ORDER BY 1, 2, 3"),
  };
  const recount = await suite.rows(`SELECT count(*) AS n, CAST(sum(c.total_cost) AS TEXT) AS total FROM interactions JOIN cost_estimates c USING (interaction_key)`);
  for (const table of ["sessions", "usage_daily", "daily_stats", "daily_model_stats"]) {
    assert.deepEqual(await suite.rows(`SELECT sum(interaction_count) AS n, ${total} FROM ${table}`), recount, `${table} agrees with the interactions`);
  }
  return sums;
}
