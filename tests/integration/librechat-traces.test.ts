// What LibreChat's own exporter sends, through the front door, into the ledger and out of the query
// API: exact costs, counted once, and no word of a prompt anywhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bothCaptures, canary, openaiAnthropicError, tracesPath } from "./fixtures.ts";
import { picoOf, roundHalfEven } from "./money.ts";
import { basic, openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;

before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

/** A capture may be older than what an ordinary key may send. */
async function postTraces(body: string): Promise<Record<string, number>> {
  const { status, json } = await suite.call(tracesPath, { body, key: suite.keys.backfill });
  assert.equal(status, 200);
  return json.counts;
}

/** The picodollars that the tokens cost by the rows of the price book that hold no conditions. */
async function costOf(provider: string, model: string, tokens: Record<string, bigint>): Promise<bigint> {
  const rows = await suite.rows<{ resource_type: string; rate: string; per: string }>(`
    SELECT resource_type, CAST(rate AS TEXT) AS rate, CAST(per AS TEXT) AS per FROM prices
    WHERE provider = '${provider}' AND model = '${model}' AND region = '' AND service_tier = 'standard'
      AND min_context = 0 AND schedule = '' AND valid_to IS NULL AND status = 'active'`);
  const rateOf = (resource: string): { rate: bigint; per: bigint } => {
    const row = rows.find((candidate) => candidate.resource_type === resource);
    assert.ok(row, `the snapshot has no ${resource} rate for ${provider}/${model}`);
    return { rate: BigInt(row.rate), per: BigInt(row.per) };
  };
  const amounts = Object.entries(tokens).map(([resource, count]) => ({ count, ...rateOf(resource) }));
  const per = amounts[0]!.per;
  assert.ok(amounts.every((amount) => amount.per === per), "the rates have one unit");
  return roundHalfEven(amounts.reduce((sum, { count, rate }) => sum + count * rate, 0n), per);
}

interface Chat {
  id: string;
  provider: string;
  model: string;
  status: string;
  price_state: string;
  total_cost: string | null;
  tokens: Record<string, number>;
}

async function chatsOf(session: string): Promise<Chat[]> {
  const { json } = await suite.call(`/sessions/${session}/interactions?type=chat`);
  return json.items;
}

test("a_captured_trace_becomes_interactions_with_exact_costs", async () => {
  const counts = await postTraces(openaiAnthropicError);
  assert.equal(counts["accepted"], 3);
  const [gpt, claude, failed] = await chatsOf("conv-1");
  assert.ok(gpt && claude && failed);

  assert.deepEqual(pick(gpt.tokens, ["input", "cache_read", "output", "reasoning"]), [200, 1000, 100, 200]);
  // Reasoning is billed as output.
  assert.equal(picoOf(gpt.total_cost!), await costOf("openai", "gpt-5-mini", { input: 200n, cache_read: 1000n, output: 300n }));

  assert.deepEqual(pick(claude.tokens, ["input", "cache_write_1h", "cache_read", "output"]), [50, 400, 3000, 77]);
  assert.equal(
    picoOf(claude.total_cost!),
    await costOf("anthropic", "claude-sonnet-4-5", { input: 50n, cache_write_1h: 400n, cache_read: 3000n, output: 77n }),
  );

  assert.equal(failed.model, "err-model");
  assert.equal(failed.status, "error");
  assert.equal(failed.tokens["total"], 0);
});

test("a_receipt_adds_up_line_by_line", async () => {
  for (const { id, price_state, total_cost } of await chatsOf("conv-1")) {
    const { json: receipt } = await suite.call(`/interactions/${encodeURIComponent(id)}/cost`);
    assert.equal(receipt.equals_stored, true, id);
    assert.equal(receipt.estimate.total_cost, total_cost);
    if (price_state !== "priced") continue;
    const exact = receipt.lines.reduce((sum: bigint, line: any) =>
      sum + BigInt(line.quantity) * picoOf(line.price.rate) * 1_000_000n / BigInt(line.price.per), 0n);
    assert.equal(roundHalfEven(exact, 1_000_000n), picoOf(total_cost!), id);
  }
});

test("the_captures_sent_twice_count_once", async () => {
  for (const body of bothCaptures) await postTraces(body);
  const before = await everything();
  for (const body of bothCaptures) {
    const counts = await postTraces(body);
    assert.equal(counts["accepted"], 0);
    assert.ok(counts["duplicate"]! > 0);
  }
  assert.deepEqual(await everything(), before);
});

test("every_view_shows_the_same_total", async () => {
  const sessions = (await suite.call("/sessions")).json.items as { id: string; total_cost: string | null }[];
  const bySession = sessions.reduce((sum, session) => sum + picoOf(session.total_cost ?? "0"), 0n);
  const [first] = await suite.rows<{ first: string; last: string }>("SELECT min(day) AS first, max(day) AS last FROM interactions");
  const range = `start_date=${first!.first}&end_date=${first!.last}`;
  const daily = (await suite.call(`/stats/daily?${range}`)).json;
  assert.equal(picoOf(daily.total.total_cost), bySession);
  const [stored] = await suite.rows<{ total: string }>("SELECT CAST(sum(total_cost) AS TEXT) AS total FROM cost_estimates");
  assert.equal(BigInt(stored!.total), bySession);
  assert.equal(picoOf((await suite.call(`/stats/system?${range}`)).json.total.total_cost), bySession);
});

test("no_word_of_a_prompt_is_stored_logged_or_answered", async () => {
  assert.ok(bothCaptures.every((body) => body.includes(canary)), "the captures carry the canary");
  const tables = await suite.rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'");
  assert.ok(tables.length > 10);
  for (const { name } of tables) {
    const rows = JSON.stringify(await suite.rows(`SELECT * FROM "${name}"`));
    assert.ok(!rows.includes(canary), `the table ${name} holds a prompt's text`);
  }
  assert.ok(suite.logs.length > 0, "the Workers log something");
  assert.ok(!suite.logs.join("\n").includes(canary), "the logs hold a prompt's text");
  for (const body of bothCaptures) {
    // Cut off in the middle of the body: an error message may quote what it met.
    const refused = await suite.call(tracesPath, { body: body.slice(0, body.lastIndexOf(canary) + 3), key: suite.keys.backfill });
    assert.ok(refused.status >= 400);
    assert.ok(!refused.text.includes("CAN"), refused.text);
  }
});

test("librechats_settings_find_one_project", async () => {
  const { json } = await suite.call("/api/public/projects", { key: suite.keys.ingest });
  assert.equal(json.data.length, 1);
  const response = await fetch(`${suite.url}/api/public/ingestion`, {
    method: "POST",
    headers: { authorization: basic(suite.keys.ingest), "content-type": "application/json" },
    body: JSON.stringify({ batch: [] }),
  });
  assert.ok(response.ok, `${response.status} ${await response.text()}`);
});

test("librechats_settings_check_sends_the_public_half_alone", async () => {
  const check = (publicHalf: string) => suite.call("/api/public/ingestion", { key: null, headers: { authorization: `Bearer ${publicHalf}` }, body: { batch: [] } });
  const answer = await check(suite.keys.ingest.id);
  assert.deepEqual([answer.status, answer.json], [207, { successes: [], errors: [] }]);
  assert.equal((await check("pk-tt-nobody")).status, 401);
});

test("whatever LibreChat and its Langfuse SDK ask has an answer after which neither fails nor tries again", async () => {
  const key = suite.keys.ingest;
  const trace = "c0ffee".padEnd(32, "0");
  const score = { id: `feedback-${trace}`, traceId: trace, name: "user-feedback", value: 1, dataType: "BOOLEAN", metadata: {} };
  const medium = { traceId: trace, observationId: "1".repeat(16), field: "input", contentType: "image/png", contentLength: 3, sha256Hash: "x" };
  assert.equal((await suite.call("/api/public/scores", { body: score, key })).status, 200);
  assert.equal((await suite.call(`/api/public/scores/feedback-${trace}`, { method: "DELETE", key })).status, 204);
  // LibreChat takes both for done.
  assert.ok([204, 404].includes((await suite.call(`/api/public/scores/feedback-${trace}`, { method: "DELETE", key })).status));
  // Without an address to upload to the SDK neither uploads nor reports an upload.
  const declined = await suite.call("/api/public/media", { body: medium, key });
  assert.deepEqual([declined.status, declined.json.uploadUrl], [201, null]);
  // What reads traces and prompts back takes a 404 for "not supported here", and asks no other way.
  for (const path of ["v2/observations?traceId=1", "v2/prompts/welcome?label=latest"]) {
    const answer = await fetch(`${suite.url}/api/public/${path}`, { headers: { authorization: basic(key) } });
    assert.equal(answer.status, 404, path);
    await answer.arrayBuffer();
  }
});

function pick(tokens: Record<string, number>, buckets: readonly string[]): (number | undefined)[] {
  return buckets.map((bucket) => tokens[bucket]);
}

/** Every table that money or counts live in, without what differs between two runs. */
async function everything(): Promise<unknown> {
  return Promise.all([
    suite.rows("SELECT i.id, n.id AS session_id, body_hash FROM interactions i JOIN session_ids n USING (session_key) ORDER BY i.id"),
    suite.rows("SELECT interaction_key, revision, total_cost FROM cost_estimates ORDER BY 1, 2"),
    suite.rows("SELECT * FROM sessions JOIN session_ids USING (session_key) ORDER BY id"),
    suite.rows("SELECT * FROM usage_daily ORDER BY 1, 2, 3, 4, 5, 6"),
    suite.rows("SELECT * FROM daily_stats ORDER BY 1, 2"),
    suite.rows("SELECT * FROM daily_model_stats ORDER BY 1, 2, 3, 4"),
    suite.rows("SELECT * FROM latency_daily ORDER BY 1, 2, 3"),
  ]);
}
