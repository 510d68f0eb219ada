// Who may do what: each endpoint with no key, a wrong key, and the key of another scope.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newKey } from "../../scripts/suite/api-keys.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;

before(async () => {
  suite = await openSuite({ prices: false });
});
after(() => suite.stop());

const guarded = [
  ["POST", "/track/interaction", "ingest"],
  ["POST", "/track/batch", "ingest"],
  ["POST", "/track/session/start", "ingest"],
  ["POST", "/track/session/end", "ingest"],
  ["POST", "/api/public/otel/v1/traces", "ingest"],
  ["GET", "/sessions", "read"],
  ["GET", "/stats/daily", "read"],
  ["GET", "/stats/system", "read"],
  ["GET", "/admin/keys", "admin"],
  ["POST", "/pricing/sync", "admin"],
] as const;

for (const [method, path, scope] of guarded) {
  test(`${method} ${path} needs a key of scope ${scope}`, async () => {
    const body = method === "POST" ? {} : undefined;
    const call = (key: Parameters<OpenSuite["call"]>[1]) => suite.call(path, { method, body, ...key });
    assert.equal((await call({ key: null })).status, 401);
    assert.equal((await call({ key: newKey("stranger", ["admin"]) })).status, 401);
    const other = scope === "ingest" ? suite.keys.read : suite.keys.ingest;
    assert.equal((await call({ key: other })).status, 403);
    const own = await call({ key: suite.keys[scope] });
    assert.ok(own.status !== 401 && own.status !== 403, `${own.status} ${own.text}`);
  });
}

test("a_public_half_with_another_keys_secret_is_refused", async () => {
  const key = { ...suite.keys.read, secret: suite.keys.admin.secret };
  assert.equal((await suite.call("/sessions", { key })).status, 401);
});

test("a_secret_alone_works_as_bearer", async () => {
  const { status } = await suite.call("/sessions", { key: null, headers: { authorization: `Bearer ${suite.keys.admin.secret}` } });
  assert.equal(status, 200);
});

test("a_revoked_or_expired_key_is_refused", async () => {
  const revoked = await suite.addKey(["read"]);
  const expired = await suite.addKey(["read"]);
  await suite.database.prepare(`UPDATE api_keys SET revoked_at = 1 WHERE id = '${revoked.id}'`).run();
  await suite.database.prepare(`UPDATE api_keys SET expires_at = 1 WHERE id = '${expired.id}'`).run();
  assert.equal((await suite.call("/sessions", { key: revoked })).status, 401);
  assert.equal((await suite.call("/sessions", { key: expired })).status, 401);
});

test("a_key_never_shows_in_the_logs", async () => {
  await suite.call("/sessions");
  const logs = suite.logs.join("\n");
  for (const { secret } of Object.values(suite.keys)) assert.ok(!logs.includes(secret));
});
