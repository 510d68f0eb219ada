// One address for everything: pages, sign-in, and the other two Workers behind it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;

before(async () => {
  suite = await openSuite({ prices: false });
});
after(() => suite.stop());

const publicCall = (path: string, options: Parameters<OpenSuite["call"]>[1] = {}) => suite.call(path, { key: null, ...options });

async function signIn(key = `${suite.keys.admin.id}:${suite.keys.admin.secret}`): Promise<{ status: number; cookie: string; setCookie: string }> {
  const { status, headers } = await publicCall("/auth/sign-in", { body: { key }, headers: { origin: suite.url } });
  const setCookie = headers.get("set-cookie") ?? "";
  return { status, setCookie, cookie: setCookie.split(";")[0]! };
}

test("the root leads to the dashboard", async () => {
  const { status, headers } = await publicCall("/");
  assert.equal(status, 302);
  assert.equal(new URL(headers.get("location")!, suite.url).pathname, "/app/");
});

test("health speaks for all three workers", async () => {
  const { status, json } = await publicCall("/health");
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json.workers).toSorted(), ["analytics-api", "analytics-tracker", "pricing-sync"]);
  for (const worker of Object.values<{ status: string }>(json.workers)) assert.notEqual(worker.status, "down");
});

test("the contracts are served as they stand", async () => {
  for (const name of ["analytics-api", "tracking-api", "pricing-sync-api"]) {
    const { text } = await publicCall(`/contracts/${name}.yaml`);
    assert.ok(text.startsWith("openapi: 3.1"), name);
  }
  assert.match((await publicCall("/docs")).headers.get("content-type") ?? "", /html/);
});

test("a key becomes a cookie that reads", async () => {
  const { status, cookie, setCookie } = await signIn();
  assert.equal(status, 200);
  assert.match(setCookie, /HttpOnly/i);
  assert.match(setCookie, /SameSite=Strict/i);
  const { json } = await publicCall("/auth/me", { headers: { cookie } });
  assert.deepEqual([json.key_id, json.method], [suite.keys.admin.id, "cookie"]);
  assert.equal((await publicCall("/sessions", { headers: { cookie } })).status, 200);
});

test("a cookie that was changed by one letter is refused", async () => {
  const { cookie } = await signIn();
  const last = cookie.at(-1) === "A" ? "B" : "A";
  assert.equal((await publicCall("/sessions", { headers: { cookie: cookie.slice(0, -1) + last } })).status, 401);
});

test("a cookie writes only from this site's own pages", async () => {
  const { cookie } = await signIn();
  const write = (headers: Record<string, string>) => publicCall("/pricing/sync", { body: { source: "snapshot", dry_run: true }, headers: { cookie, ...headers } });
  assert.equal((await write({})).status, 403);
  assert.equal((await write({ origin: "https://elsewhere.example" })).status, 403);
  assert.ok((await write({ origin: suite.url })).status < 300);
});

test("ingestion takes no cookies", async () => {
  const { cookie } = await signIn();
  const { status } = await publicCall("/track/interaction", { body: {}, headers: { cookie, origin: suite.url } });
  assert.equal(status, 401);
});

test("sign-in from elsewhere, or with a key that may only ingest, is refused", async () => {
  const { id, secret } = suite.keys.ingest;
  assert.equal((await signIn(`${id}:${secret}`)).status, 403);
  const elsewhere = await publicCall("/auth/sign-in", { body: { key: `${suite.keys.admin.id}:${suite.keys.admin.secret}` }, headers: { origin: "https://elsewhere.example" } });
  assert.equal(elsewhere.status, 403);
});

test("signing out takes the cookie back", async () => {
  const { cookie } = await signIn();
  const { status, headers } = await publicCall("/auth/sign-out", { method: "POST", headers: { cookie, origin: suite.url } });
  assert.equal(status, 204);
  assert.match(headers.get("set-cookie") ?? "", /Max-Age=0|Expires=Thu, 01 Jan 1970/i);
});

test("nothing internal shows in a refusal", async () => {
  for (const path of ["/nowhere", "/sessions/none", "/interactions/none/cost"]) {
    const response = await fetch(`${suite.url}${path}`, { headers: { authorization: `Bearer ${suite.keys.admin.secret}` } });
    const text = await response.text();
    assert.equal(response.status, 404, path);
    assert.match(response.headers.get("content-type") ?? "", /problem\+json/);
    assert.ok(!/sqlite|D1_|panicked|\.rs:/i.test(text), text);
  }
});
