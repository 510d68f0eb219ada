// Who may do what: each endpoint with no key, a wrong key, and the key of another scope.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newKey, storeKey } from "../../scripts/suite/api-keys.ts";
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

test("a key says when it was last used and last refused, and why", async () => {
  const key = await suite.addKey(["ingest"]);
  const told = async (): Promise<Record<string, string | null>> => {
    const { json } = await suite.call("/admin/keys", { key: suite.keys.admin });
    const { last_used_at, last_refused_at, last_refusal } = json.items.find(({ id }: { id: string }) => id === key.id);
    return { last_used_at, last_refused_at, last_refusal };
  };
  const nothing = { last_used_at: null, last_refused_at: null, last_refusal: null };
  assert.deepEqual(await told(), nothing);
  const started = Date.now();
  const isNow = (moment: string | null | undefined): boolean => typeof moment === "string" && Math.abs(Date.parse(moment) - started) < 60_000;
  // A swapped or mistyped secret, as in LibreChat's environment.
  const wrong = { ...key, secret: newKey("another", ["ingest"]).secret };
  assert.equal((await suite.call("/api/public/otel/v1/traces", { body: { resourceSpans: [] }, key: wrong })).status, 401);
  const refused = await told();
  assert.ok(isNow(refused["last_refused_at"]), JSON.stringify(refused));
  assert.deepEqual({ ...refused, last_refused_at: null }, { ...nothing, last_refusal: "unauthorized" });
  // The check that the documentation gives.
  assert.equal((await suite.call("/api/public/projects", { key })).status, 200);
  const used = await told();
  assert.ok(isNow(used["last_used_at"]), JSON.stringify(used));
  assert.equal(used["last_refused_at"], refused["last_refused_at"]);
  // A key of another scope that is used to send is refused too.
  await suite.call("/track/batch", { body: { events: [] }, key: suite.keys.read });
  const { json } = await suite.call("/admin/keys", { key: suite.keys.admin });
  assert.equal(json.items.find(({ id }: { id: string }) => id === suite.keys.read.id).last_refusal, "forbidden");
});

test("a_key_is_made_listed_and_revoked_by_an_admin", async () => {
  const made = await suite.call("/admin/keys", { body: { name: "LibreChat", scopes: ["ingest", "backfill"] }, key: suite.keys.admin });
  assert.equal(made.status, 201);
  const key = { id: made.json.id, secret: made.json.secret, name: "LibreChat", scopes: ["ingest"] as const };
  const listed = (await suite.call("/admin/keys", { key: suite.keys.admin })).json.items.find(({ id }: { id: string }) => id === key.id);
  assert.deepEqual([listed.name, listed.scopes, listed.secret, listed.key_hash], ["LibreChat", ["ingest", "backfill"], undefined, undefined]);
  const [{ key_hash }] = (await suite.rows<{ key_hash: string }>(`SELECT key_hash FROM api_keys WHERE id = '${key.id}'`)) as [{ key_hash: string }];
  assert.match(key_hash, /^[0-9a-f]{64}$/, "only the hash is kept");

  const send = () => suite.call("/track/batch", { body: { events: [] }, key });
  assert.equal((await send()).status, 200);
  const itself = await suite.call(`/admin/keys/${suite.keys.admin.id}`, { method: "DELETE", key: suite.keys.admin });
  assert.deepEqual([itself.status, itself.json.field], [422, "id"]);
  assert.equal((await suite.call("/admin/keys/pk-tt-nobody", { method: "DELETE", key: suite.keys.admin })).status, 404);
  for (let time = 0; time < 2; time += 1) {
    assert.equal((await suite.call(`/admin/keys/${key.id}`, { method: "DELETE", key: suite.keys.admin })).status, 204);
  }
  // The Worker has just read the key, and believes it for a while: never for a minute.
  const revokedAt = Date.now();
  while ((await send()).status !== 401) {
    assert.ok(Date.now() - revokedAt < 60_000, "a revoked key works for a minute");
    await sleep(500);
  }
  assert.match((await send()).json.detail, /was revoked/);
  const { json: audit } = await suite.call("/admin/audit", { key: suite.keys.admin });
  const entries = audit.items.filter(({ subject }: { subject: string }) => subject === key.id);
  assert.deepEqual(entries.map(({ action, actor }: Record<string, string>) => [action, actor]), [["key.revoke", suite.keys.admin.id], ["key.create", suite.keys.admin.id]]);
});

test("a_key_that_was_made_on_the_machine_shows_in_the_audit_log", async () => {
  const key = await suite.addKey(["admin"]);
  const log = async (query: string) => (await suite.call(`/admin/audit${query}`, { key: suite.keys.admin })).json;
  const [newest] = (await log("?limit=1")).items;
  assert.deepEqual([newest.action, newest.actor, newest.subject, newest.detail.scopes], ["key.create", "machine", key.id, "admin"]);
  const older = await log(`?limit=1&before=${newest.id}`);
  assert.ok(older.items[0].id < newest.id && older.next_before === older.items[0].id);
  for (const query of ["?limit=0", "?limit=501", "?before=x", "?page=2"]) assert.equal((await suite.call(`/admin/audit${query}`, { key: suite.keys.admin })).status, 400, query);
  assert.equal((await suite.call("/admin/audit")).status, 403);
});

test("a key that the machine made stands in the audit log too, without its secret", async () => {
  const key = await suite.addKey(["self"], "ann@example.com");
  const [row] = await suite.rows(`SELECT actor, action, detail FROM admin_audit WHERE subject = '${key.id}'`);
  assert.deepEqual(row, { actor: "machine", action: "key.create", detail: JSON.stringify({ name: key.name, scopes: "self", user_id: "ann@example.com", expires_at: null }) });
});

test("a_colon_in_a_secret_is_part_of_it_and_a_broken_header_is_no_key", async () => {
  const key = { ...newKey("colon", ["read"]), secret: "sk-tt-with:colon::" };
  await storeKey(suite.database, key);
  assert.equal((await suite.call("/sessions", { key })).status, 200);
  const encoded = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
  for (const authorization of [
    encoded(`${key.id}:sk-tt-with`), encoded(`${key.id}:`), encoded(":"), encoded(key.id), "Basic", "Basic ????", "Bearer", "Bearer ", `Bearer ${key.id}`,
    `Basic ${"A".repeat(5_000)}`, encoded(`' OR 1=1 --:x`), `bearer ${"%".repeat(10)}`,
  ]) {
    const { status, json } = await suite.call("/sessions", { key: null, headers: { authorization } });
    assert.equal(status, 401, authorization.slice(0, 40));
    assert.match(json.detail, /send|check/);
  }
});

test("a_key_never_shows_in_the_logs", async () => {
  await suite.call("/sessions");
  const logs = suite.logs.join("\n");
  for (const { secret } of Object.values(suite.keys)) assert.ok(!logs.includes(secret));
});
