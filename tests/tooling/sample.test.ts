import assert from "node:assert/strict";
import { test } from "node:test";
import { ofSample } from "../../scripts/sample/at-home.ts";
import { sampleHistory } from "../../scripts/sample/history.ts";
import { movedTo, stillTaken } from "../../scripts/sample/move-trace.ts";
import { bothCaptures } from "../integration/fixtures.ts";

const now = new Date("2026-11-23T20:00:00Z");

test("the sample is the same each time, with an id for each event", () => {
  const events = sampleHistory(now);
  assert.deepEqual(sampleHistory(now), events);
  assert.equal(new Set(events.map((event) => event.id)).size, events.length);
});

test("the sample shows what a ledger has to cope with", () => {
  const events = sampleHistory(now);
  const distinct = (field: string): number => new Set(events.map((event) => event[field]).filter((value) => value !== undefined)).size;
  assert.equal(new Set(events.map((event) => event.timestamp.slice(0, 10))).size, 90);
  assert.ok(distinct("user_id") > 45);
  assert.ok(distinct("provider") >= 6);
  assert.deepEqual([...new Set(events.map((event) => String(event["type"])))].toSorted(), ["api", "chat", "cost-event", "db"]);
  for (const [what, holds] of [
    ["failures", (event: Record<string, any>) => event["status"] === "error"],
    ["an unpriced model", (event: Record<string, any>) => event["model_name"] === "acme-llama-3.3-70b"],
    ["cached tokens", (event: Record<string, any>) => event["usage"]?.cache_read > 0],
    ["reasoning", (event: Record<string, any>) => event["usage"]?.reasoning > 0],
  ] as const) {
    assert.ok(events.filter(holds).length > 20, what);
  }
});

test("the sample's people are called by names, and identified as LibreChat identifies them", () => {
  for (const event of sampleHistory(now).filter((one) => one["user_id"] !== "operations")) {
    assert.match(String(event["user_id"]), /^[0-9a-f]{24}$/);
    assert.match(String(event["user_label"]), /^\p{Lu}\S+ \p{Lu}\S+$/u);
    if (event["agent"] !== undefined) assert.match(`${event["agent"]} ${event["agent_name"]}`, /^agent_\w{21} \p{Lu}/u);
  }
});

test("the captured traces are told as the sample's own, without what a test called them", () => {
  for (const body of bothCaptures) {
    const own = ofSample(body);
    const values = [...own.matchAll(/"key":"(user\.id|langfuse\.trace\.metadata\.\w*[aA]gent(?:Id|Name)|langfuse\.observation\.model\.name)","value":\{"stringValue":"([^"]*)"/g)].map((match) => match[2]!);
    assert.ok(values.length > 10);
    assert.deepEqual(values.filter((value) => /^(user-\d|agent_abc|agent_t|default|Tooly|err-model)$/.test(value)), []);
  }
});

test("nothing of the sample lies ahead", () => {
  assert.ok(sampleHistory(now).every((event) => Date.parse(event.timestamp) < now.getTime()));
});

test("a captured trace moves in time as one piece", () => {
  for (const body of bothCaptures) {
    const times = (text: string): bigint[] => [...text.matchAll(/TimeUnixNano":"(\d+)"/g)].map((match) => BigInt(match[1]!));
    const [before, after] = [times(body), times(movedTo(body, now))];
    const shift = after[0]! - before[0]!;
    assert.deepEqual(after, before.map((time) => time + shift));
    const last = Number(after.reduce((latest, time) => (time > latest ? time : latest)) / 1_000_000n);
    assert.ok(last < now.getTime() && last > now.getTime() - 200_000);
  }
});

test("the captured bodies are sent as they were captured until they are too old", () => {
  for (const body of bothCaptures) {
    assert.equal(stillTaken(body, now), body);
    const later = new Date("2028-01-01T00:00:00Z");
    assert.equal(stillTaken(body, later), movedTo(body, later));
  }
});
