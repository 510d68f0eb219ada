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

test("health speaks for all three workers, and to a stranger in one word", async () => {
  const stranger = await publicCall("/health");
  assert.deepEqual([stranger.status, Object.keys(stranger.json)], [200, ["status"]]);
  assert.deepEqual(Object.keys((await suite.call("/health", { key: suite.keys.ingest })).json), ["status"], "a key that may not read is told no more");
  const { cookie } = await signIn();
  assert.ok("workers" in (await publicCall("/health", { headers: { cookie } })).json);
  const { status, json } = await suite.call("/health");
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

test("signing out takes the cookie back, and a copy of it is refused everywhere within 30 seconds", async () => {
  const { cookie } = await signIn();
  const { cookie: other } = await signIn();
  for (const path of everyWorker) assert.equal((await publicCall(path, { headers: { cookie } })).status, 200, path);
  const { status, headers } = await publicCall("/auth/sign-out", { method: "POST", headers: { cookie, origin: suite.url } });
  assert.equal(status, 204);
  assert.match(headers.get("set-cookie") ?? "", /Max-Age=0|Expires=Thu, 01 Jan 1970/i);
  assert.equal((await publicCall("/sessions", { headers: { cookie } })).status, 401, "here at once");
  await new Promise((resolve) => setTimeout(resolve, 30_500));
  for (const path of everyWorker) {
    assert.equal((await publicCall(path, { headers: { cookie } })).status, 401, path);
    assert.equal((await publicCall(path, { headers: { cookie: other } })).status, 200, `${path}: another sign-in of the key goes on`);
  }
});

test("over HTTPS only the cookie counts that no other host can set, and a planted one locks nobody out", async () => {
  const { cookie } = await signIn();
  const value = cookie.slice(cookie.indexOf("=") + 1);
  // What the local runtime takes for the address that the client asked.
  const address = { "MF-Original-URL": "https://costs.example.com/auth/me" };
  const me = async (header: string) => (await publicCall("/auth/me", { headers: { ...address, cookie: header } })).status;
  assert.equal(await me(`tokentill=${value}`), 401);
  assert.equal(await me(`__Host-tokentill=${value}`), 200);
  assert.equal(await me(`tokentill=garbage.1.x; __Host-tokentill=garbage.1.x; __Host-tokentill=${value}`), 200);
  assert.equal((await publicCall("/auth/me", { headers: { cookie: `tokentill=garbage.1.x; ${cookie}` } })).status, 200);
});

test("a pass that a client brings along names nobody", async () => {
  for (const path of everyWorker) assert.equal((await publicCall(path, { headers: { "x-tokentill-pass": "access:1.read+admin.99999999999999.AAAA" } })).status, 401, path);
});

test("an unknown method is refused, and HEAD is GET without a body", async () => {
  for (const path of ["/health", "/app/", "/sessions", "/admin/keys", "/pricing/rates", "/track/batch"]) {
    for (const method of ["PROPFIND", "PURGE", "MKCOL"]) {
      const response = await fetch(`${suite.url}${path}`, { method, headers: { authorization: `Bearer ${suite.keys.admin.secret}` } });
      assert.equal(response.status, 405, `${method} ${path}`);
      await response.text();
    }
  }
  for (const path of ["/health", "/sessions", "/admin/keys", "/pricing/rates"]) {
    const head = await fetch(`${suite.url}${path}`, { method: "HEAD", headers: { authorization: `Bearer ${suite.keys.admin.secret}` } });
    assert.deepEqual([head.status, await head.text()], [200, ""], path);
  }
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

const everyWorker = ["/sessions", "/admin/keys", "/pricing/unpriced"];

test("a cookie that is not ours, forged, cut or of another key is refused by every Worker", async () => {
  const { cookie } = await signIn();
  const [name, value] = cookie.split("=") as [string, string];
  const [keyId, signInId, start, expiry, signature] = value.split(".") as [string, string, string, string, string];
  const of = (key: string, until: number | string, tag: string): string => `${key}.${signInId}.${start}.${until}.${tag}`;
  const forged = [
    of(keyId, expiry, ""), `${keyId}.${signInId}.${start}.${expiry}`, keyId, ".", "..", "....", "", signature,
    of(suite.keys.read.id, expiry, signature),
    of(keyId, Number(expiry) + 1, signature),
    of(keyId, "99999999999999999999", signature),
    `${keyId}.0${signInId}.${start}.${expiry}.${signature}`, `${keyId}.${signInId}.${Number(start) + 1}.${expiry}.${signature}`,
    of(keyId, expiry, Buffer.from(signature).toString("base64url")),
    of(keyId, expiry, `${signature}A`), of(keyId, expiry, `${signature}=`),
    of(keyId, expiry, signature.slice(0, 10)), `${value}.${signature}`, encodeURIComponent(`${value}\u0000`),
  ];
  for (const path of everyWorker) {
    assert.equal((await publicCall(path, { headers: { cookie } })).status, 200, path);
    for (const attempt of forged) assert.equal((await publicCall(path, { headers: { cookie: `${name}=${attempt}` } })).status, 401, `${path} ${attempt}`);
    assert.equal((await publicCall(path, { headers: { cookie: `other=${value}` } })).status, 401, path);
  }
});

test("a cookie changes nothing from elsewhere, at any Worker", async () => {
  const { cookie } = await signIn();
  const origins: Record<string, string>[] = [{}, { origin: "null" }, { origin: "https://elsewhere.example" }, { origin: `${suite.url}.evil.example` }, { origin: suite.url.replace("http:", "https:") }, { referer: `${suite.url}/app/` }];
  for (const headers of origins) {
    const write = (path: string, options: object) => publicCall(path, { ...options, headers: { cookie, ...headers } });
    assert.equal((await write("/admin/keys", { body: { name: "x", scopes: ["admin"] } })).status, 403);
    assert.equal((await write(`/admin/keys/${suite.keys.read.id}`, { method: "DELETE" })).status, 403);
    assert.equal((await write("/admin/archive", { method: "POST" })).status, 403);
    assert.equal((await write("/pricing/sync", { body: { source: "snapshot" } })).status, 403);
    assert.equal((await write("/auth/sign-out", { method: "POST" })).status, 403);
  }
  assert.equal((await suite.call("/admin/keys", { key: suite.keys.admin })).json.items.some((key: { name: string }) => key.name === "x"), false);
});

test("a form, a large body or a wrong key gives no cookie", async () => {
  const attempt = async (body: unknown, headers: Record<string, string> = {}) => {
    const answer = await publicCall("/auth/sign-in", { body, headers: { origin: suite.url, ...headers } });
    assert.equal(answer.headers.get("set-cookie"), null);
    return answer.status;
  };
  const secret = `${suite.keys.admin.id}:${suite.keys.admin.secret}`;
  assert.equal(await attempt(`key=${secret}`, { "content-type": "application/x-www-form-urlencoded" }), 415);
  assert.equal(await attempt({ key: secret, next: "https://elsewhere.example" }), 422);
  assert.equal(await attempt("{"), 400);
  assert.equal(await attempt({ key: "" }), 422);
  assert.equal(await attempt({ key: "x".repeat(5_000) }), 413);
  assert.equal(await attempt({ key: `${suite.keys.admin.id}:${suite.keys.read.secret}` }), 401);
  assert.equal(await attempt({ key: suite.keys.admin.id }), 401);
});

test("after ten unknown keys in a minute an address waits, the right key passes, and another address does not wait", async () => {
  const from = async (address: string, key: string) => publicCall("/auth/sign-in", { body: { key }, headers: { origin: suite.url, "cf-connecting-ip": address } });
  const right = `${suite.keys.admin.id}:${suite.keys.admin.secret}`;
  for (let failure = 0; failure < 10; failure += 1) assert.equal((await from("192.0.2.1", `pk-tt-guess:sk-tt-${failure}`)).status, 401);
  const waiting = await from("192.0.2.1", "pk-tt-guess:sk-tt-10");
  assert.equal(waiting.status, 429);
  assert.ok(Number(waiting.headers.get("retry-after")) > 0);
  assert.equal((await from("192.0.2.1", right)).status, 200, "the owner behind the same address");
  assert.equal((await from("192.0.2.2", "pk-tt-guess:sk-tt-11")).status, 401);
});

test("guesses in headers are braked at every Worker, and the right key passes", async () => {
  for (const [number, path] of everyWorker.entries()) {
    const address = `198.51.100.${number}`;
    const ask = (secret: string) => publicCall(path, { headers: { authorization: `Bearer ${secret}`, "cf-connecting-ip": address } });
    const answers: number[] = [];
    for (let guess = 0; guess < 12; guess += 1) answers.push((await ask(`sk-tt-guess-${guess}`)).status);
    assert.deepEqual([answers.slice(0, 10).every((status) => status === 401), answers.slice(10)], [true, [429, 429]], path);
    assert.equal((await ask(suite.keys.admin.secret)).status, 200, path);
  }
});

test("a revoked key stops within 30 seconds at every Worker, and its cookie with it", async () => {
  const key = await suite.addKey(["admin"]);
  const { cookie } = await signIn(`${key.id}:${key.secret}`);
  for (const path of everyWorker) {
    assert.equal((await publicCall(path, { headers: { cookie } })).status, 200, path);
    assert.equal((await suite.call(path, { key })).status, 200, path);
  }
  assert.ok((await suite.call(`/admin/keys/${key.id}`, { method: "DELETE", key: suite.keys.admin })).status < 300);
  await new Promise((resolve) => setTimeout(resolve, 30_500));
  for (const path of everyWorker) {
    assert.equal((await publicCall(path, { headers: { cookie } })).status, 401, path);
    assert.equal((await suite.call(path, { key })).status, 401, path);
  }
});

test("every answer is kept to this site: no framing, no sniffing, HTTPS from then on", async () => {
  for (const path of ["/", "/health", "/docs", "/sessions", "/nowhere", "/contracts/tracking-api.yaml", "/pricing/rates", "/admin/keys"]) {
    const { headers } = await fetch(`${suite.url}${path}`, { redirect: "manual" });
    assert.match(headers.get("strict-transport-security") ?? "", /max-age=31536000/, path);
    assert.equal(headers.get("x-frame-options"), "DENY", path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.ok(!/unsafe|\*/.test(policy), `${path}: ${policy}`);
    assert.equal(headers.get("access-control-allow-origin"), null, path);
  }
});

test("the docs show every operation of the three contracts", async () => {
  const page = await publicCall("/docs");
  for (const [, file = ""] of page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)) assert.equal((await fetch(`${suite.url}${file}`)).status, 200, file);
  const text = await (await fetch(`${suite.url}/docs/openapi.json`)).text();
  for (const path of ["/sessions/{session_id}", "/track/interaction", "/pricing/overrides", "/admin/reporting-time-zone"]) assert.ok(text.includes(path), path);
});
