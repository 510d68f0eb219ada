// Every route and method of the contracts with every wrong proof. Which routes there are, and which are
// open to all, is read from the contracts: a new one is tried without a line here.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkResponse } from "../contract/check-response.ts";
import { type Contract, type Operation, operationsOf, readContracts } from "../contract/read-contract.ts";
import { newKey, type NewKey, type Scope } from "../../scripts/suite/api-keys.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
before(async () => {
  suite = await openSuite({ prices: false });
});
after(() => suite.stop());

const contracts = readContracts();
const operations = operationsOf(contracts).filter(({ contract, template }) => template !== "/health" || contract === "analytics-api");

/** Whether a caller needs no proof: an empty list, or one with an empty choice. */
function isOpen({ contract, template, method }: Operation): boolean {
  const { document } = contracts.find(({ name }) => name === contract) as Contract;
  const operation = document.paths[template]![method.toLowerCase()] as { security?: object[] };
  const security = operation.security ?? (document["security"] as object[]);
  return security.length === 0 || security.some((choice) => Object.keys(choice).length === 0);
}

/** The scopes of which one is needed; nothing where any valid key will do. */
function scopesOf({ contract, template, method, operationId }: Operation): readonly Scope[] | undefined {
  if (["getMe", "listLangfuseProjects", "testLangfuseIngestion"].includes(operationId)) return undefined;
  if (template.startsWith("/admin/")) return ["admin"];
  if (contract === "tracking-api") return ["ingest"];
  if (contract === "pricing-sync-api") return method === "GET" ? ["read", "admin"] : ["admin"];
  if (operationId === "createUsageToken") return ["widget"];
  if (operationId === "listUsageSubjects") return ["read", "admin"];
  return ["read", "self", "admin"];
}

const examples: Record<string, string> = { "{path}": "", "{name}": "analytics-api.yaml" };
let addresses = 0;

async function ask({ method, template }: Operation, headers: Record<string, string>): Promise<number> {
  const path = template.replaceAll(/\{[^}]+\}/g, (parameter) => examples[parameter] ?? "1");
  addresses += 1;
  const response = await fetch(`${suite.url}${path}`, {
    method,
    redirect: "manual",
    // Each from an address of its own, so that the brake on guesses stays out of it.
    headers: { "content-type": "application/json", origin: suite.url, "cf-connecting-ip": `2001:db8::${addresses.toString(16)}`, ...headers },
    ...(method !== "GET" && method !== "DELETE" && { body: "{}" }),
  });
  const text = await response.text();
  checkResponse(method, path, response, text);
  return response.status;
}

const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

test("no route lets anybody in with a wrong proof", async () => {
  const { admin, read } = suite.keys;
  const stranger = newKey("stranger", ["admin"]);
  const revoked = await suite.addKey(["ingest", "read", "admin"]);
  const expired = await suite.addKey(["ingest", "read", "admin"]);
  await suite.database.prepare(`UPDATE api_keys SET revoked_at = 1 WHERE id = '${revoked.id}'`).run();
  await suite.database.prepare(`UPDATE api_keys SET expires_at = 1 WHERE id = '${expired.id}'`).run();
  const wrong: Record<string, Record<string, string>> = {
    "nothing": {},
    "an unknown key": { authorization: basic(stranger.id, stranger.secret) },
    "an unknown secret": { authorization: `Bearer ${stranger.secret}` },
    "a known half with another key's secret": { authorization: basic(admin.id, read.secret) },
    "a known half without a secret": { authorization: basic(admin.id, "") },
    "a secret with its last letter changed": { authorization: `Bearer ${admin.secret.slice(0, -1)}${admin.secret.endsWith("0") ? "1" : "0"}` },
    "the hash of a secret": { authorization: `Bearer ${"ab".repeat(32)}` },
    "a revoked key": { authorization: basic(revoked.id, revoked.secret) },
    "an expired key": { authorization: `Bearer ${expired.secret}` },
    "another scheme": { authorization: `Digest ${admin.secret}` },
    "no scheme": { authorization: admin.secret },
    "what is no base64": { authorization: "Basic ????" },
    "an empty one": { authorization: "Bearer " },
    "a right key in another header": { "x-api-key": admin.secret },
    "a made-up cookie": { cookie: `tokentill=${admin.id}.1.1.99999999999999.AAAA` },
    "a key as a cookie": { cookie: `tokentill=${admin.secret}` },
    "a made-up pass": { "x-tokentill-pass": "access:1.read+admin.99999999999999.AAAA" },
    "a made-up assertion": { "cf-access-jwt-assertion": "eyJhbGciOiJub25lIn0.e30." },
  };
  const got: string[] = [];
  let tried = 0;
  for (const operation of operations.filter((operation) => !isOpen(operation))) {
    for (const [name, headers] of Object.entries(wrong)) {
      const status = await ask(operation, headers);
      tried += 1;
      if (status !== 401) got.push(`${operation.method} ${operation.template} with ${name}: ${status}`);
    }
  }
  assert.deepEqual(got, []);
  assert.ok(tried > 18 * 30, `${tried} were tried`);
});

test("no route lets a key of another scope in", async () => {
  const keys: Record<Scope, NewKey> = {
    ingest: suite.keys.ingest, backfill: await suite.addKey(["backfill"]), read: suite.keys.read, self: await suite.addKey(["self"], "ada"), widget: await suite.addKey(["widget"]), admin: suite.keys.admin,
  };
  const got: string[] = [];
  for (const operation of operations.filter((operation) => !isOpen(operation))) {
    const needed = scopesOf(operation);
    for (const [scope, key] of Object.entries(keys) as [Scope, NewKey][]) {
      if (needed === undefined || needed.includes(scope)) continue;
      const status = await ask(operation, { authorization: basic(key.id, key.secret) });
      if (status !== 403) got.push(`${operation.method} ${operation.template} with a key of scope ${scope}: ${status}`);
    }
  }
  assert.deepEqual(got, []);
});

test("a browser's sign-in sends no events", async () => {
  const response = await fetch(`${suite.url}/auth/sign-in`, {
    method: "POST", headers: { "content-type": "application/json", origin: suite.url }, body: JSON.stringify({ key: `${suite.keys.admin.id}:${suite.keys.admin.secret}` }),
  });
  const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
  const ingesting = operations.filter((operation) => operation.contract === "tracking-api" && !isOpen(operation) && !operation.template.startsWith("/admin/"));
  assert.ok(ingesting.length > 6);
  for (const operation of ingesting) assert.equal(await ask(operation, { cookie }), 401, operation.template);
});
