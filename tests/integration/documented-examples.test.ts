// The examples of docs/sending-events.md, sent as they stand: what the page says is what happens.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/repository.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

const page = readFileSync(join(root, "docs", "sending-events.md"), "utf8");

/** `POST <path>`, the body sent, and the answer shown below it. */
const examples = [...page.matchAll(/^`POST (?<path>\S+)`$(?<rest>[\s\S]*?)(?=^`POST |^## When|\n*$(?![\s\S]))/gm)].map(({ groups }) => {
  const [sent, answered] = [...groups!["rest"]!.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(today(json!)));
  return { path: groups!["path"]!, sent, answered };
});

/** The page's dates grow old; what it shows does not depend on them. */
function today(text: string): string {
  return text.replaceAll("2026-11-25", new Date(Date.now() - 86_400_000).toISOString().slice(0, 10));
}

let suite: OpenSuite;

before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

test("the page has the examples that are tested here", () => {
  assert.deepEqual(examples.map(({ path }) => path), ["/track/interaction", "/track/interaction", "/track/batch"]);
});

for (const [index, { path, sent, answered }] of examples.entries()) {
  test(`example ${index + 1}, POST ${path}, is answered as the page says, and again as a repeat`, async () => {
    const { status, json } = await suite.call(path, { key: suite.keys.ingest, body: sent });
    assert.ok(status === 200 || status === 201, `${status}`);
    assert.partialDeepStrictEqual(json, answered);
    const again = await suite.call(path, { key: suite.keys.ingest, body: sent });
    assert.equal(again.status, 200);
    if (path === "/track/interaction") assert.deepEqual(again.json, { ...json, status: "duplicate" });
    else assert.deepEqual(again.json.counts, { ...json.counts, accepted: 0, duplicate: json.counts.accepted });
  });
}
