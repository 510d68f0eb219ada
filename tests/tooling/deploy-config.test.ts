import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { deployConfig } from "../../scripts/deploy-config.ts";
import { root, workerDirectory, workerNames } from "../../scripts/repository.ts";

const id = "11111111-2222-3333-4444-555555555555";
const read = (path: string): string => readFileSync(path, "utf8");
const tracker = read(join(workerDirectory("analytics-tracker"), "wrangler.toml"));

test("the account's database stands in every configuration", () => {
  for (const path of [root, ...workerNames.map(workerDirectory)].map((directory) => join(directory, "wrangler.toml"))) {
    const deployed = deployConfig(read(path), id, false);
    assert.ok(deployed.includes(`database_id = "${id}"`), path);
    assert.ok(!deployed.includes("00000000-0000"), path);
  }
});

test("without queue mode no queue is deployed", () => {
  const deployed = deployConfig(tracker, id, false);
  assert.ok(!/^\[\[queues/m.test(deployed) && !deployed.includes('"QUEUE"'));
  assert.ok(/^\[observability\]/m.test(deployed), "the table behind it stays");
});

test("in queue mode the tracker is told so", () => {
  const deployed = deployConfig(tracker, id, true);
  assert.ok(deployed.includes('INGEST_MODE = "queue"') && deployed.includes('binding = "QUEUE"'));
});
