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
      // No address at all: that is this source's failed run, and no other's.
      PRICE_LIST_URL_OPENROUTER: "ftp://127.0.0.1/models",
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
  "an answer that drips": { answering: (_, response) => void drip(response), says: /within 1 seconds/, times: 1 },
  "a list of millions of nothing": { answering: serve(`[${"{},".repeat(3_000_000)}{}]`), says: /cannot be read/, times: 1 },
  "a list of a million models": { answering: serve(`{${'"":1,'.repeat(1_900_000)}"":1}`), says: /cannot be read: more than/, times: 1 },
  "a list that is all depth": { answering: serve(`{"gpt-0":${'{"a":'.repeat(1_600_000)}1${"}".repeat(1_600_000)}}`), says: /no price/, times: 1 },
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

async function drip(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  for (let sent = 0; sent < 50 && !response.destroyed; sent += 1) {
    response.write(" ");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  response.end(list());
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
  // After the next change, the same questions have the same answers, and late events the same cost.
  const asked = async () => Promise.all([-60_000, 0].map(async (after) => {
    const at = new Date(change!.valid_from + after).toISOString();
    return (await suite.call(`/pricing/rates?provider=openai&model=gpt-0&resource_type=input&at=${at}`)).json.items[0].rate;
  }));
  assert.deepEqual(await asked(), ["0.3", "0.4"]);
  answering = serve(list(model(5e-7)), '"v5"');
  assert.equal((await sync()).json.report.opened, 1);
  assert.deepEqual(await asked(), ["0.3", "0.4"]);
  const late = await suite.call("/track/interaction", { body: event("late", change!.valid_from - 30_000), key: suite.keys.ingest });
  assert.equal(late.json.total_cost, "0.3");
});

test("a 304 to a request for the whole list is no list", async () => {
  answering = (_, response) => void response.writeHead(304).end();
  const answer = await sync({ source: "genai-prices" });
  assert.equal(answer.status, 502);
  assert.match(answer.json.detail, /304/);
  const [heard] = await suite.rows("SELECT checked_at FROM price_sources WHERE source = 'genai-prices'");
  assert.equal(heard?.["checked_at"], null, "the source was not heard");
});

test("a sync that an admin starts is in the audit", async () => {
  const audited = () => suite.rows<{ actor: string; subject: string; detail: string }>("SELECT actor, subject, detail FROM admin_audit WHERE action = 'price_sync.run' ORDER BY id DESC");
  const before = await audited();
  answering = serve(list(model(5e-7)), '"v5"');
  await sync({ dry_run: true });
  assert.equal((await audited()).length, before.length, "a dry run changes nothing");
  await sync();
  const [row] = await audited();
  assert.deepEqual([row!.actor, row!.subject], [suite.keys.admin.id, "litellm"]);
  const { job, scheduled_time } = JSON.parse(row!.detail);
  const [run] = await suite.rows(`SELECT status FROM job_runs WHERE job = '${job}' AND scheduled_time = ${scheduled_time}`);
  assert.equal(run?.["status"], "ok", "what came of it is in the run's record");
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
  assert.ok(states("pricing-sync:litellm").includes("failed"));
  assert.ok(states("pricing-sync:dated").every((state) => state === "ok"), "what is due by its date has runs of its own");
  const [unusable] = await suite.rows<{ status: string; error: string }>("SELECT status, error FROM job_runs WHERE job = 'pricing-sync:openrouter'");
  assert.equal(unusable?.status, "failed");
  assert.match(unusable.error, /PRICE_LIST_URL_OPENROUTER/);
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

test("ticks that are missed are caught up within the period, one source a tick", async () => {
  answering = (request, response) =>
    request.url === "/litellm" ? serve(list(model(5e-7)), '"v5"')(request, response) : serve('[{"id":"openai","models":[{"id":"gpt-genai","prices":{"input_mtok":2}}]}]')(request, response);
  const hour = 3_600_000;
  const period = Math.ceil((Date.now() + 48 * hour) / (6 * hour)) * 6 * hour;
  const ran = async () => (await suite.rows<{ job: string }>(`SELECT job FROM job_runs WHERE scheduled_time = ${period} AND job <> 'pricing-sync:dated' AND status = 'ok' ORDER BY job`)).map(({ job }) => job);
  const tries = async () => (await suite.rows<{ n: number | null }>(`SELECT SUM(attempt) AS n FROM job_runs WHERE scheduled_time = ${period} AND job <> 'pricing-sync:dated'`))[0]!.n ?? 0;
  // The first two ticks never came.
  for (const [done, tick] of [2, 3, 4].entries()) {
    await suite.runScheduled("pricing-sync", "37 * * * *", new Date(period + tick * hour));
    assert.equal(await tries(), done + 1, "one source a tick");
  }
  for (let tick = 5; (await ran()).length < 3 && tick < 9; tick += 1) {
    await suite.runScheduled("pricing-sync", "37 * * * *", new Date(period + 5 * hour + tick));
  }
  assert.deepEqual(await ran(), ["pricing-sync:cloudflare", "pricing-sync:genai-prices", "pricing-sync:litellm"]);
});

test("a trial of an override says what the real one would change, down to the estimates, and writes nothing", async () => {
  const tool = (id: string) => ({
    id, type: "api", session_id: "tools", user_id: "u", timestamp: new Date(Date.now() - 60_000).toISOString(), units: { calls: { "tool:search": 2 } },
  });
  for (const id of ["tool-1", "tool-2", "tool-3"]) {
    const sent = await suite.call("/track/interaction", { body: tool(id), key: suite.keys.ingest });
    assert.equal(sent.json.price_state, "unpriced", sent.text);
  }
  // The list of what is unpriced names the key under which a price reaches it.
  const unpriced = async () => (await suite.call("/pricing/unpriced")).json.items.find((item: { type: string }) => item.type === "api");
  const { missing } = await unpriced();
  assert.deepEqual(missing, [{ provider: "tool", model: "", resource_type: "tool:search", service_tier: "standard", per: 1000 }]);
  const override = { ...missing[0], rate: "8", reason: "the tool's price list" };
  const asAdmin = (body: unknown) => suite.call("/pricing/overrides", { body, key: suite.keys.admin });
  const state = () => suite.rows("SELECT (SELECT count(*) FROM prices) AS prices, (SELECT count(*) FROM price_quotes) AS quotes, (SELECT count(*) FROM admin_audit) AS audit, (SELECT count(*) FROM cost_estimates) AS estimates, price_book_version AS version FROM ledger_state");
  const before = await state();
  const trial = await asAdmin({ ...override, dry_run: true });
  assert.equal(trial.status, 200, trial.text);
  assert.deepEqual(await state(), before);
  const { reestimates, opened_rates: [opened] } = trial.json;
  assert.deepEqual([opened.rate, opened.per, opened.valid_from], ["8", 1000, null]);
  assert.deepEqual([reestimates.interaction_count, reestimates.priced_count, reestimates.cost_difference, reestimates.is_complete], [3, 3, "0.048", true]);
  assert.deepEqual(reestimates.examples.map(({ id }: { id: string }) => id).sort(), ["tool-1", "tool-2", "tool-3"]);
  assert.equal(reestimates.months.length, 1);
  // The real one, and the re-pricing after it, do what the trial said.
  const real = await asAdmin(override);
  assert.deepEqual([real.json.dry_run, real.json.reestimates, real.json.opened], [false, null, trial.json.opened]);
  const repriced = await suite.call("/admin/reprice", { method: "POST", key: suite.keys.admin });
  assert.equal(repriced.json.summary.revised_count, 3, repriced.text);
  assert.equal(await unpriced(), undefined, "nothing of it is unpriced any more");
  const receipt = await suite.call("/interactions/tool-1/cost");
  assert.equal(receipt.json.estimate.total_cost, "0.016");
});

test("an override may begin and end in the future, and each call finds the price of its moment", async () => {
  const [from, to] = [86_400_000, 2 * 86_400_000].map((after) => new Date(Date.now() + after).toISOString());
  const override = { provider: "openai", model: "gpt-2", resource_type: "input", rate: "0.1", per: 1_000_000, valid_from: from, valid_to: to, reason: "a pilot" };
  const answer = await suite.call("/pricing/overrides", { body: override, key: suite.keys.admin });
  assert.deepEqual([answer.json.opened, answer.json.closed], [2, 1], answer.text);
  const rateAt = async (at: number) => (await suite.call(`/pricing/rates?provider=openai&model=gpt-2&resource_type=input&at=${new Date(at).toISOString()}`)).json.items.map((item: { rate: string }) => item.rate);
  assert.deepEqual(await rateAt(Date.now()), ["0.3"]);
  assert.deepEqual(await rateAt(Date.parse(from!) - 1), ["0.3"]);
  assert.deepEqual(await rateAt(Date.parse(from!)), ["0.1"]);
  assert.deepEqual(await rateAt(Date.parse(to!)), ["0.3"]);
});

test("prices that were not confirmed for long still price, and everything says that they are stale", async () => {
  const dayMs = 86_400_000;
  await suite.database.prepare(`UPDATE price_sources SET checked_at = ${Date.now() - 8 * dayMs} WHERE source = 'litellm'`).run();
  const health = await suite.call("/health");
  assert.equal(health.json.status, "degraded", health.text);
  assert.equal(health.json.workers["pricing-sync"].detail.prices, "stale");
  const sources = await suite.call("/pricing/sources");
  assert.equal(sources.json.items.find((item: { source: string }) => item.source === "litellm").stale, true);
  const sent = await suite.call("/track/interaction", {
    key: suite.keys.ingest,
    body: { id: "stale", type: "chat", session_id: "s", user_id: "u", timestamp: new Date(Date.now() - 1000).toISOString(), provider: "openAI", model_name: "gpt-7", usage_convention: "disjoint", usage: { input: 1000 } },
  });
  assert.equal(sent.json.price_state, "priced", "it still prices");
  const receipt = await suite.call("/interactions/stale/cost");
  assert.match(receipt.text, /"stale_price"/);
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
