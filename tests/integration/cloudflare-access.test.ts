// Cloudflare Access in front of the suite: real RSA keys, the team's key list served beside it.
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { after, before, test } from "node:test";
import { Response } from "miniflare";
import { type Answer, openSuite, type OpenSuite } from "./open-suite.ts";

const team = "https://team.cloudflareaccess.com";
const audience = "the-tag-of-the-application";
const now = Math.floor(Date.now() / 1000);

const ours = generateKeyPairSync("rsa", { modulusLength: 2048 });
const strangers = generateKeyPairSync("rsa", { modulusLength: 2048 });
let listReads = 0;
let suite: OpenSuite;

before(async () => {
  suite = await openSuite({
    prices: false,
    variables: { ACCESS_TEAM_DOMAIN: team, ACCESS_AUDIENCE: audience, ACCESS_ADMINS: "ann@example.com, bob@example.com" },
    outbound: (request) => {
      assert.equal(request.url, `${team}/cdn-cgi/access/certs`);
      listReads += 1;
      return keyList(ours);
    },
  });
});
after(() => suite.stop());

const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** The team's list: an elliptic key first, which must not hide the others. */
function keyList(...keys: { publicKey: KeyObject }[]): Response {
  const rsa = keys.map(({ publicKey }, index) => ({ ...publicKey.export({ format: "jwk" }), kid: `k${index + 1}`, alg: "RS256", use: "sig" }));
  return Response.json({ keys: [{ ...elliptic.publicKey.export({ format: "jwk" }), kid: "elliptic", alg: "ES256", use: "sig" }, ...rsa], public_certs: [] });
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

interface Assertion {
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  key?: KeyObject;
}

function assertion({ header, claims, key = ours.privateKey }: Assertion = {}): string {
  const message = [
    part({ alg: "RS256", kid: "k1", typ: "JWT", ...header }),
    part({ iss: team, aud: [audience], exp: now + 3_600, nbf: now - 10, iat: now - 10, sub: "7335d417", email: "eve@example.com", ...claims }),
  ].join(".");
  return `${message}.${sign("sha256", Buffer.from(message), key).toString("base64url")}`;
}

const admin = { claims: { email: "Ann@example.com" } };

function callWith(token: string, path = "/sessions", options: Parameters<OpenSuite["call"]>[1] = {}): Promise<Answer> {
  return suite.call(path, { key: null, ...options, headers: { "cf-access-jwt-assertion": token, ...options.headers } });
}

test("who passes Access reads without a key, at each of the three Workers, and changes nothing", async () => {
  const token = assertion();
  for (const path of ["/sessions", "/pricing/rates"]) assert.equal((await callWith(token, path)).status, 200, path);
  assert.equal((await callWith(token, "/admin/keys")).status, 403);
  const { json } = await callWith(token, "/auth/me");
  assert.deepEqual([json.method, json.scopes, json.key_id], ["access", ["read"], null]);
});

test("a named admin does what an admin may, from this site's own pages alone", async () => {
  const token = assertion(admin);
  assert.equal((await callWith(token, "/admin/keys")).status, 200);
  const sync = (headers: Record<string, string>): Promise<Answer> =>
    callWith(token, "/pricing/sync", { body: { source: "snapshot", dry_run: true }, headers });
  assert.equal((await sync({})).status, 403);
  assert.equal((await sync({ origin: "https://elsewhere.example" })).status, 403);
  assert.equal((await sync({ origin: suite.url })).status, 200);
});

test("events take a key, whatever Access says", async () => {
  const { status } = await callWith(assertion(admin), "/track/interaction", { body: {}, headers: { origin: suite.url } });
  assert.equal(status, 401);
});

const [head, body, signature] = assertion().split(".") as [string, string, string];
const hmacOfPublicKey = (): string => {
  const message = `${part({ alg: "HS256", kid: "k1" })}.${body}`;
  return `${message}.${createHmac("sha256", ours.publicKey.export({ type: "spki", format: "pem" })).update(message).digest("base64url")}`;
};

const hmacUnderOurAlgorithm = (): string =>
  `${head}.${body}.${createHmac("sha256", ours.publicKey.export({ type: "spki", format: "pem" })).update(`${head}.${body}`).digest("base64url")}`;

const refused: Record<string, string> = {
  "another application's": assertion({ claims: { aud: ["another"] } }),
  "one without an audience": assertion({ claims: { aud: [] } }),
  "another team's": assertion({ claims: { iss: "https://other.cloudflareaccess.com" } }),
  "an expired one": assertion({ claims: { exp: now - 3_600 } }),
  "one that holds later": assertion({ claims: { nbf: now + 3_600 } }),
  "one with an expiry beyond all numbers": assertion({ claims: { exp: Number.MAX_VALUE } }),
  "one signed by a stranger": assertion({ key: strangers.privateKey }),
  "one of an unknown key": assertion({ header: { kid: "k2" }, key: strangers.privateKey }),
  "one without a signature": `${part({ alg: "none", kid: "k1" })}.${body}.`,
  "one whose algorithm is HS256 and whose secret is the public key": hmacOfPublicKey(),
  "the same under the name of RS256": hmacUnderOurAlgorithm(),
  "one whose algorithm is written otherwise": assertion({ header: { alg: "rs256" } }),
  "one with another hash": `${head}.${body}.${sign("sha512", Buffer.from(`${head}.${body}`), ours.privateKey).toString("base64url")}`,
  "one that brings its own key": assertion({ header: { jwk: strangers.publicKey.export({ format: "jwk" }), jku: "https://elsewhere.example" }, key: strangers.privateKey }),
  "one of the team's elliptic key": assertion({ header: { kid: "elliptic" } }),
  "one without a key's name": assertion({ header: { kid: undefined } }),
  "one whose audience only begins alike": assertion({ claims: { aud: audience.slice(0, -1) } }),
  "one whose issuer only begins alike": assertion({ claims: { iss: `${team}.evil.example` } }),
  "one without an expiry": assertion({ claims: { exp: undefined } }),
  "one whose signature is padded": `${assertion()}==`,
  "one of four parts": `${assertion()}.x`,
  "one with other claims under the same signature": `${head}.${part({ iss: team, aud: [audience], exp: now + 3_600, sub: "1", email: "ann@example.com" })}.${signature}`,
  "one cut short": `${head}.${body}`,
  "no JWT at all": "no.jwt.at-all",
  "one of 10 kB": `${head}.${body}.${"A".repeat(10_000)}`,
};

for (const [what, token] of Object.entries(refused)) {
  test(`an assertion is refused: ${what}`, async () => {
    const { status, text } = await callWith(token);
    assert.equal(status, 401);
    assert.ok(!/panicked|\.rs:/.test(text), text);
  });
}

test("many unknown keys read the team's list at most once in a minute", async () => {
  const before = listReads;
  for (let index = 0; index < 5; index += 1) await callWith(assertion({ header: { kid: `guess-${index}` }, key: strangers.privateKey }));
  assert.equal(listReads, before);
  assert.equal(listReads, 1);
});

test("a key in the request comes before the assertion", async () => {
  const { json } = await suite.call("/auth/me", { headers: { "cf-access-jwt-assertion": assertion(admin) } });
  assert.deepEqual([json.method, json.key_id], ["key", suite.keys.read.id]);
});

test("a pass between the Workers can't be made outside", async () => {
  const forged = `${part({ name: "access:1", scopes: ["read", "admin"], expires_at: Date.now() + 60_000 })}.${Buffer.alloc(32).toString("base64url")}`;
  for (const path of ["/sessions", "/admin/keys", "/pricing/rates"]) {
    assert.equal((await suite.call(path, { key: null, headers: { "x-tokentill-pass": forged } })).status, 401, path);
  }
});

const openBeside = (outbound: () => Response, variables: Record<string, string> = { ACCESS_TEAM_DOMAIN: team, ACCESS_AUDIENCE: audience }): Promise<OpenSuite> =>
  openSuite({ prices: false, outbound, variables });
const signedBy = (kid: string, key: { privateKey: KeyObject }): Record<string, string> => ({ "cf-access-jwt-assertion": assertion({ header: { kid }, key: key.privateKey }) });

test("while keys are rotated both are taken, after one read", async () => {
  let reads = 0;
  const beside = await openBeside(() => { reads += 1; return keyList(ours, strangers); });
  try {
    for (const headers of [signedBy("k2", strangers), signedBy("k1", ours)]) {
      assert.equal((await beside.call("/sessions", { key: null, headers })).status, 200);
    }
    assert.equal(reads, 1);
  } finally {
    await beside.stop();
  }
});

test("a team that does not answer lets no one in, is named, and is asked once a minute", async () => {
  let reads = 0;
  const beside = await openBeside(() => { reads += 1; return new Response("no", { status: 500 }); });
  try {
    const first = await beside.call("/sessions", { key: null, headers: signedBy("k1", ours) });
    assert.equal(first.status, 503);
    assert.match(first.json.detail, /Cloudflare Access/);
    assert.equal((await beside.call("/sessions", { key: null, headers: signedBy("k1", ours) })).status, 401);
    assert.equal(reads, 1);
  } finally {
    await beside.stop();
  }
});

test("half a configuration is named, and keys work on", async () => {
  const beside = await openBeside(() => keyList(ours), { ACCESS_TEAM_DOMAIN: team });
  try {
    const { status, json } = await beside.call("/sessions", { key: null, headers: signedBy("k1", ours) });
    assert.equal(status, 503);
    assert.match(json.detail, /ACCESS_AUDIENCE/);
    assert.equal((await beside.call("/sessions")).status, 200);
  } finally {
    await beside.stop();
  }
});
