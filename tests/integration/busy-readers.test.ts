// Readers that ask for much at once: each has its turn or is told to wait, and events go on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
before(async () => {
  suite = await openSuite({ prices: false });
  const { json } = await suite.call("/track/batch", { body: { events: Array.from({ length: 200 }, (_, number) => event(`first-${number}`)) }, key: suite.keys.ingest });
  assert.equal(json.counts.accepted, 200);
});
after(() => suite.stop());

const event = (id: string) => ({ id, type: "api", session_id: "long", user_id: "ada", timestamp: Date.now() - 60_000, units: { requests: 1 } });
const tenYears = "start_date=2017-01-01&end_date=2026-12-31";

/** Asks all at once and sends events meanwhile; answers with how often each status came. */
async function askAll(paths: readonly string[], key = suite.keys.read): Promise<Record<number, number>> {
  const asked = paths.map((path) => suite.call(path, { key }));
  for (let number = 0; number < 5; number += 1) {
    const { status } = await suite.call("/track/interaction", { body: event(`beside-${paths[0]}-${number}`.slice(0, 100).replaceAll(/[^!-~]/g, "")), key: suite.keys.ingest });
    assert.equal(status, 201, "an event beside them is recorded");
  }
  const counts: Record<number, number> = {};
  for (const { status, headers } of await Promise.all(asked)) {
    counts[status] = (counts[status] ?? 0) + 1;
    if (status === 429) assert.ok(Number(headers.get("retry-after")) > 0);
  }
  return counts;
}

test("ten years without data are a file like any other", async () => {
  const { status, text } = await suite.call(`/export/focus?start_date=2011-01-01&end_date=2020-12-31`);
  assert.deepEqual([status, text.trim().split("\r\n").length], [200, 1], "the names of the columns");
});

test("a key makes one file at a time, and an end leaves the place to the next", async () => {
  const self = await suite.addKey(["self"], "ada");
  const counts = await askAll(Array.from({ length: 16 }, () => `/export/focus?${tenYears}`), self);
  assert.ok(counts[200]! >= 1 && (counts[429] ?? 0) + counts[200]! === 16, JSON.stringify(counts));
  assert.equal((await suite.call(`/export/focus?${tenYears}`, { key: self })).status, 200);
});

test("sixteen dear questions at once are all answered, one after the other", async () => {
  assert.deepEqual(await askAll(Array.from({ length: 16 }, () => "/sessions/long")), { 200: 16 });
  assert.deepEqual(await askAll(Array.from({ length: 16 }, () => `/stats/daily?${tenYears}&granularity=month`)), { 200: 16 });
});

test("of a key that asks a hundred at once some are told to wait, and another key is answered", async () => {
  const many = askAll(Array.from({ length: 100 }, () => `/stats/users/ada?${tenYears}`));
  assert.equal((await suite.call("/stats/system", { key: suite.keys.admin })).status, 200);
  const counts = await many;
  assert.ok(counts[200]! > 0 && counts[200]! + (counts[429] ?? 0) === 100, JSON.stringify(counts));
});
