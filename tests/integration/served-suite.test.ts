// What is served from this machine: a client may not say what only the platform may.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;

before(async () => {
  suite = await openSuite({ prices: false, isServed: true });
});
after(() => suite.stop());

const forged = (headers: Record<string, string>, path = "/health") => suite.call(path, { key: null, headers });

test("a path that a header claims is not the one that is asked", async () => {
  const { json } = await forged({ "MF-Original-URL": `${suite.url}/admin/keys` });
  assert.deepEqual(Object.keys(json), ["status"], "what was asked is what is answered");
  assert.equal((await forged({ "MF-Original-URL": `${suite.url}/health` }, "/admin/keys")).status, 401);
});

test("a header leads past the front door to no Worker", async () => {
  for (const worker of ["analytics-tracker", "pricing-sync"]) {
    const { json } = await suite.call("/health", { headers: { "MF-Route-Override": worker } });
    assert.ok("workers" in json, "the front door answers for all three");
  }
});

test("the platform's own paths are not there", async () => {
  const response = await fetch(`${suite.url}/cdn-cgi/handler/scheduled`);
  assert.notEqual(response.status, 200);
  await response.arrayBuffer();
});

test("a guesser has one address, whatever it claims", async () => {
  const guess = async (number: number): Promise<number> => {
    const { status } = await suite.call("/auth/sign-in", {
      key: null,
      body: { key: `sk-tt-${number.toString(16).padStart(64, "0")}` },
      headers: { origin: suite.url, "cf-connecting-ip": `10.0.0.${number}`, "MF-CF-Blob": `{"clientIp":"10.0.0.${number}:1"}` },
    });
    return status;
  };
  const statuses: number[] = [];
  for (let number = 1; number <= 14; number += 1) statuses.push(await guess(number));
  assert.ok(statuses.includes(429), statuses.join(" "));
});

test("bodies, keys, redirects and files come through as they are", async () => {
  const event = { id: "served-1", type: "chat", session_id: "s", user_id: "u", timestamp: new Date().toISOString(), provider: "openAI", model_name: "gpt-5-mini", usage_convention: "disjoint", usage: { input: 1000, output: 100 } };
  assert.equal((await suite.call("/track/batch", { body: { events: [event] }, key: suite.keys.ingest })).json.counts.accepted, 1);
  assert.equal((await suite.call("/sessions")).json.items.length, 1);
  const page = await fetch(`${suite.url}/`, { redirect: "manual" });
  assert.deepEqual([page.status, new URL(page.headers.get("location")!, suite.url).pathname], [302, "/app/"]);
});
