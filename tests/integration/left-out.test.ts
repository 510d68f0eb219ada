// What a trace held and the ledger did not take is named afterwards, by sender and reason.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bothCaptures, canary, tracesPath } from "./fixtures.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;

before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

test("what captured traces held beside their calls is listed by key, source and reason, without content", async () => {
  const answered: Record<string, number> = {};
  for (const body of bothCaptures) {
    const { json } = await suite.call(tracesPath, { body, key: suite.keys.ingest });
    for (const [reason, count] of Object.entries((json as { left_out: Record<string, number> }).left_out)) answered[reason] = (answered[reason] ?? 0) + count;
  }
  assert.notDeepEqual(answered, {});
  const { status, json, text } = await suite.call("/left-out");
  assert.equal(status, 200);
  const { items } = json as { items: { source: string; reason: string; count: number }[] };
  assert.deepEqual(Object.fromEntries(items.map(({ reason, count }) => [reason, count])), answered);
  assert.deepEqual([...new Set(items.map(({ source }) => source))], ["langfuse"]);
  assert.ok(!text.includes(canary));
});
