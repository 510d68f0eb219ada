// Price lists over HTTP, sound and poisoned: after each, the price book is what it should be.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { openSuite, type OpenSuite } from "./open-suite.ts";

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

let suite: OpenSuite;
let answering: Answering = (_, response) => response.writeHead(500).end();
let asked: IncomingMessage[] = [];
const server = createServer((request, response) => {
  asked.push(request);
  answering(request, response);
});

/** Twenty models of OpenAI with a price each, in dollars for a token. */
function list(change: Record<string, unknown> = {}): string {
  const models: Record<string, unknown> = {};
  for (let number = 0; number < 20; number += 1) {
    models[`gpt-${number}`] = { litellm_provider: "openai", input_cost_per_token: 3e-7, output_cost_per_token: 1e-6 };
  }
  return JSON.stringify({ ...models, ...change });
}

const model = (input: number): Record<string, unknown> => ({
  "gpt-0": { litellm_provider: "openai", input_cost_per_token: input, output_cost_per_token: 1e-6 },
});

const serve = (text: string, etag?: string): Answering => (request, response) => {
  if (etag !== undefined && request.headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { "content-type": "application/json", ...(etag !== undefined && { etag }) }).end(text);
};

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  suite = await openSuite({
    prices: false,
    // The lists come from this file's own server.
    outbound: undefined,
    variables: {
      PRICE_LIST_URL_LITELLM: `${address}/litellm`,
      PRICE_LIST_URL_GENAI_PRICES: `${address}/genai-prices`,
      PRICE_LIST_URL_MODELS_DEV: "off",
      PRICE_LIST_URL_OPENROUTER: "off",
      PRICE_LIST_TIMEOUT_SECONDS: "1",
    },
  });
  answering = serve(list(), '"v1"');
  const first = await sync();
  assert.equal(first.status, 200, first.text);
  assert.equal(first.json.report.opened, 40);
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await suite.stop();
});

function sync(body: Record<string, unknown> = {}) {
  asked = [];
  return suite.call("/pricing/sync", { body: { source: "litellm", ...body }, key: suite.keys.admin });
}

/** Every row that prices something, and the book's version. */
async function book(): Promise<string> {
  const rows = await suite.rows("SELECT id, model, resource_type, rate, valid_from, valid_to FROM prices WHERE status = 'active' ORDER BY id");
  const [state] = await suite.rows("SELECT price_book_version FROM ledger_state");
  return JSON.stringify([rows, state]);
}

async function inputRate(): Promise<string> {
  const answer = await suite.call("/pricing/rates?provider=openAI&model=gpt-0&resource_type=input");
  assert.equal(answer.json.total, 1, answer.text);
  return answer.json.items[0].rate;
}

test("an unchanged list is not sent again and writes no price", async () => {
  const before = await book();
  const answer = await sync();
  assert.equal(answer.json.status, "unchanged");
  assert.equal(asked[0]?.headers["if-none-match"], '"v1"');
  assert.equal(await book(), before);
});

const broken: Record<string, { answering: Answering; says: RegExp; times: number }> = {
  "an empty answer": { answering: serve(""), says: /cannot be read/, times: 1 },
  "a truncated list": { answering: serve(list().slice(0, 900)), says: /cannot be read/, times: 1 },
  "a page instead of a list": { answering: serve("<!DOCTYPE html><title>Sign in</title>"), says: /cannot be read/, times: 1 },
  "a list without a price": { answering: serve("{}"), says: /no price/, times: 1 },
  "a list of half its size": { answering: serve(JSON.stringify(model(3e-7))), says: /80 %/, times: 1 },
  "a server's failure": { answering: (_, response) => void response.writeHead(500).end(), says: /answered 500/, times: 3 },
  "a missing list": { answering: (_, response) => void response.writeHead(404).end(), says: /answered 404/, times: 1 },
  "a redirect": {
    answering: (request, response) => void response.writeHead(302, { location: `http://${request.headers.host}/elsewhere` }).end(),
    says: /redirect/,
    times: 1,
  },
  "a server that does not answer": { answering: () => {}, says: /within 1 seconds/, times: 1 },
  "a hundred megabytes": { answering: (_, response) => void endless(response), says: /more than 10000000 bytes/, times: 1 },
};

async function endless(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  const megabyte = " ".repeat(1024 * 1024);
  for (let sent = 0; sent < 100 && !response.destroyed; sent += 1) {
    if (!response.write(megabyte)) await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
}

for (const [what, { answering: poisoned, says, times }] of Object.entries(broken)) {
  test(`${what} is refused whole, is recorded, and leaves the book as it is`, async () => {
    const before = await book();
    answering = poisoned;
    const answer = await sync();
    assert.ok(answer.status === 502 || answer.status === 422, answer.text);
    assert.match(answer.json.detail, says);
    assert.equal(asked.filter((request) => request.url === "/litellm").length, times);
    assert.ok(asked.every((request) => request.url !== "/elsewhere"), "no redirect is followed");
    assert.equal(await book(), before);
    const [source] = await suite.rows<{ last_error: string; content_hash: string }>("SELECT last_error, content_hash FROM price_sources WHERE source = 'litellm'");
    assert.match(source!.last_error, says);
    const [run] = await suite.rows<{ status: string; error: string }>("SELECT status, error FROM job_runs WHERE job = 'pricing-sync:litellm' ORDER BY scheduled_time DESC LIMIT 1");
    assert.equal(run!.status, "failed");
    assert.match(run!.error, says);
  });
}

test("a rate a thousand times too high waits, and the price in force stays", async () => {
  const before = await book();
  answering = serve(list(model(3e-4)), '"v2"');
  const answer = await sync();
  assert.equal(answer.json.report.quarantined, 1, answer.text);
  assert.equal(JSON.parse(await book())[0].length, JSON.parse(before)[0].length);
  assert.equal(await inputRate(), "0.3");
  const waiting = await suite.call("/pricing/quarantine");
  assert.equal(waiting.json.total, 1);
  assert.equal(waiting.json.items[0].quarantined.rate, "300");
  assert.equal(waiting.json.items[0].in_force.rate, "0.3");
});

test("a negative rate is no rate, and the price in force stays", async () => {
  answering = serve(list(model(-3e-7)), '"v3"');
  const answer = await sync();
  assert.equal(answer.json.report.skipped.negative, 1, answer.text);
  assert.equal(await inputRate(), "0.3");
});

test("a dry run shows the change and makes none; the run after it makes it", async () => {
  answering = serve(list(model(4e-7)), '"v4"');
  const before = await book();
  const trial = await sync({ dry_run: true });
  assert.equal(trial.json.report.changes[0].rate, "0.4");
  assert.equal(await book(), before);
  const real = await sync();
  assert.deepEqual([real.json.report.opened, real.json.report.closed], [1, 1]);
  assert.equal(await inputRate(), "0.4");
});

test("an event is priced by its own date on both sides of a change", async () => {
  const [change] = await suite.rows<{ valid_from: number }>("SELECT MAX(valid_from) AS valid_from FROM prices WHERE model = 'gpt-0' AND resource_type = 'input' AND status = 'active'");
  const event = (id: string, at: number) => ({
    id, type: "chat", session_id: "s", user_id: "u", timestamp: new Date(at).toISOString(), duration_ms: 0,
    provider: "openAI", model_name: "gpt-0", usage_convention: "disjoint", usage: { input: 1_000_000 },
  });
  const before = await suite.call("/track/interaction", { body: event("before", change!.valid_from - 60_000), key: suite.keys.ingest });
  const behind = await suite.call("/track/interaction", { body: event("behind", change!.valid_from), key: suite.keys.ingest });
  assert.deepEqual([before.json.total_cost, behind.json.total_cost], ["0.3", "0.4"]);
});

test("one source down does not stop the others", async () => {
  answering = (request, response) =>
    request.url === "/litellm"
      ? void response.writeHead(500).end()
      : serve('[{"id":"openai","models":[{"id":"gpt-genai","match":{"equals":"gpt-genai"},"prices":{"input_mtok":2}}]}]')(request, response);
  const hour = 3_600_000;
  const start = Date.now();
  for (let tick = 0; tick < 8; tick += 1) {
    assert.equal(await suite.runScheduled("pricing-sync", "37 * * * *", new Date(start + tick * hour)), "ok");
  }
  const runs = await suite.rows<{ job: string; status: string }>("SELECT job, status FROM job_runs ORDER BY started_at");
  const states = (job: string) => runs.filter((run) => run.job === job).map((run) => run.status);
  assert.ok(states("pricing-sync:snapshot").includes("ok"));
  assert.ok(states("pricing-sync:genai-prices").includes("ok"));
  assert.ok(states("pricing-sync:cloudflare").includes("ok"));
  const found = await suite.call("/pricing/rates?provider=openai&model=gpt-genai");
  assert.equal(found.json.items[0].rate, "2");
});

test("an admin overrides a price and takes it back, with a reason that is kept", async () => {
  const price = { provider: "openai", model: "gpt-1", resource_type: "input" };
  const asAdmin = (body: unknown) => suite.call("/pricing/overrides", { body, key: suite.keys.admin });
  assert.equal((await asAdmin({ ...price, rate: "0.2", per: 1_000_000 })).json.field, "reason");
  assert.equal((await asAdmin({ ...price, rate: "0.2", per: 1_000_000, reason: "contract" })).json.status, "set");
  const rate = async () => (await suite.call("/pricing/rates?provider=openai&model=gpt-1&resource_type=input")).json.items[0].rate;
  assert.equal(await rate(), "0.2");
  assert.equal((await asAdmin({ ...price, end: true, reason: "contract ended" })).json.status, "ended");
  assert.equal(await rate(), "0.3");
  const history = await suite.call("/pricing/history?provider=openai&model=gpt-1&resource_type=input");
  assert.deepEqual(history.json.items.map((row: { source: string }) => row.source), ["litellm", "override", "litellm"]);
  const audit = await suite.rows<{ reason: string }>("SELECT reason FROM admin_audit WHERE action LIKE 'price_override%' ORDER BY id");
  assert.deepEqual(audit.map((row) => row.reason), ["contract", "contract ended"]);
});

test("only an admin changes prices, and only a reader reads them", async () => {
  const body = { provider: "openai", resource_type: "input", rate: "1", per: 1, reason: "x" };
  assert.equal((await suite.call("/pricing/overrides", { body })).status, 403);
  assert.equal((await suite.call("/pricing/sync", { body: {} })).status, 403);
  assert.equal((await suite.call("/pricing/rates", { key: suite.keys.ingest })).status, 403);
  assert.equal((await suite.call("/pricing/rates", { key: null })).status, 401);
});

test("what can't be understood is refused by name", async () => {
  assert.equal((await suite.call("/pricing/rates?modle=x")).json.field, "modle");
  assert.equal((await suite.call("/pricing/rates?limit=501")).json.field, "limit");
  assert.equal((await suite.call("/pricing/rates?at=yesterday")).json.field, "at");
  assert.equal((await suite.call("/pricing/history?provider=openai&model=none")).status, 404);
  assert.equal((await sync({ source: "helicone" })).json.field, "source");
});
