// What the tracker would be in TypeScript, written as one usually does: Hono, zod, floats. It does
// the same work on the same tables: key, validation, price in force, estimate, and one batch, only
// under the price book that the estimates were made with, for interaction, estimate, session (back
// from the archive where it lies there) with its models and days, the four rollups, latencies and the ledger's version; it is safe to repeat,
// a repeat gets the first one's answer, another body a conflict, and each request one line in the log.
import { Hono } from "hono";
import * as z from "zod";

interface Env {
  Bindings: { DB: D1Database };
}

const usage = z.strictObject({
  input: z.int().nonnegative().default(0),
  cache_read: z.int().nonnegative().default(0),
  cache_write_5m: z.int().nonnegative().default(0),
  cache_write_1h: z.int().nonnegative().default(0),
  output: z.int().nonnegative().default(0),
  reasoning: z.int().nonnegative().default(0),
});

const event = z.strictObject({
  id: z.string().min(1).max(128),
  type: z.enum(["chat", "db", "api", "cost-event"]),
  timestamp: z.iso.datetime(),
  user_id: z.string().min(1).max(128),
  session_id: z.string().min(1).max(256),
  duration_ms: z.int().nonnegative().optional(),
  time_to_first_token_ms: z.int().nonnegative().optional(),
  provider: z.string().max(64).default(""),
  model_name: z.string().max(200).default(""),
  agent: z.string().max(200).default(""),
  // Names are no sums: it takes them and keeps none.
  user_label: z.string().max(200).optional(),
  agent_name: z.string().max(200).optional(),
  message_id: z.string().max(128).optional(),
  context: z.string().max(40).optional(),
  status: z.enum(["ok", "error"]).default("ok"),
  error: z.string().max(120).optional(),
  usage_convention: z.literal("disjoint").optional(),
  usage: usage.default({ input: 0, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0, output: 0, reasoning: 0 }),
});
type Event = z.infer<typeof event>;

type Rates = Partial<Record<keyof z.infer<typeof usage>, { id: number; rate: number; per: number }>>;
const cacheMs = 60_000;
const keys = new Map<string, { scopes: string; readAt: number }>();
let book: { version: number; readAt: number } | undefined;
const prices = new Map<string, { rates: Rates; readAt: number }>();

async function mayIngest(database: D1Database, header: string | undefined): Promise<boolean> {
  const [scheme, value = ""] = (header ?? "").split(" ");
  if (scheme !== "Basic") return false;
  const [id = "", secret = ""] = atob(value).split(":");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const cacheKey = `${id}:${hash}`;
  const known = keys.get(cacheKey);
  if (known !== undefined && Date.now() - known.readAt < cacheMs) return known.scopes.includes("ingest");
  const row = await database
    .prepare("SELECT scopes FROM api_keys WHERE id = ?1 AND key_hash = ?2 AND revoked_at IS NULL")
    .bind(id, hash)
    .first<{ scopes: string }>();
  if (row === null) return false;
  keys.set(cacheKey, { scopes: row.scopes, readAt: Date.now() });
  return row.scopes.includes("ingest");
}

async function ratesOf(database: D1Database, provider: string, model: string): Promise<Rates> {
  const cacheKey = `${provider}/${model}`;
  const known = prices.get(cacheKey);
  if (known !== undefined && Date.now() - known.readAt < cacheMs) return known.rates;
  const { results } = await database
    .prepare("SELECT id, resource_type, rate, per FROM prices WHERE model = ?1 AND region = '' AND service_tier = 'standard' AND min_context = 0 AND valid_to IS NULL AND status = 'active'")
    .bind(model)
    .all<{ id: number; resource_type: string; rate: number; per: number }>();
  const rates: Rates = {};
  for (const row of results) rates[row.resource_type as keyof Rates] = { id: row.id, rate: row.rate, per: row.per };
  prices.set(cacheKey, { rates, readAt: Date.now() });
  return rates;
}

function estimate(tokens: z.infer<typeof usage>, rates: Rates): { total: number | null; lines: unknown[] } {
  const lines: unknown[] = [];
  let total: number | null = 0;
  for (const [bucket, quantity] of Object.entries(tokens) as [keyof Rates, number][]) {
    if (quantity === 0) continue;
    const row = rates[bucket] ?? (bucket === "reasoning" ? rates.output : bucket.startsWith("cache") ? rates.input : undefined);
    if (row === undefined) {
      total = null;
      continue;
    }
    const amount = Math.round((quantity * row.rate) / row.per);
    if (total !== null) total += amount;
    lines.push([bucket, quantity, row.id, amount]);
  }
  return { total, lines };
}

/** The bucket of a latency, as the ledger counts them: eight for each power of two. */
function bucketOf(latencyMs: number): number {
  if (latencyMs < 16) return latencyMs;
  const shift = Math.floor(Math.log2(latencyMs)) - 3;
  return shift * 8 + Math.floor(latencyMs / 2 ** shift);
}

async function bookVersion(database: D1Database): Promise<number> {
  if (book !== undefined && Date.now() - book.readAt < cacheMs) return book.version;
  const version = await database.prepare("SELECT price_book_version AS version FROM ledger_state").first<number>("version");
  book = { version: version ?? 0, readAt: Date.now() };
  return book.version;
}

async function bodyHash(parsed: Event): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parsed)));
  return [...new Uint8Array(digest).subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const insertUsers = `INSERT INTO users (tenant_id, user_id) SELECT DISTINCT '', value->>'user_id' FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`;
const insertSessionIds = `INSERT INTO session_ids (id) SELECT DISTINCT value->>'session_id' FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`;
const insertInteractions = `
INSERT INTO interactions (id, session_key, user_key, timestamp, day, price_time, type, duration_ms, time_to_first_token_ms, provider, model_name,
  input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens, reading,
  agent, message_id, context, status, error, source, received_at, ingest_id, digest_version, body_hash)
SELECT e.value->>'id', n.session_key, u.user_key, e.value->>'time', e.value->>'day', e.value->>'price_time', e.value->>'type', e.value->>'duration_ms', e.value->>'time_to_first_token_ms',
  e.value->>'provider', e.value->>'model_name', e.value->>'input', e.value->>'cache_read', e.value->>'cache_write_5m', e.value->>'cache_write_1h', e.value->>'output', e.value->>'reasoning', 0, 0, 0, 0, 0,
  e.value->>'agent', e.value->>'message_id', e.value->>'context', e.value->>'status', e.value->>'error', 'api', e.value->>'received_at', e.value->>'ingest_id', 1, unhex(e.value->>'body_hash')
FROM json_each(?1) e JOIN users u ON u.tenant_id = '' AND u.user_id = e.value->>'user_id' JOIN session_ids n ON n.id = e.value->>'session_id'
WHERE NOT EXISTS (SELECT 1 FROM interactions_archive a WHERE a.id = e.value->>'id')
  AND EXISTS (SELECT 1 FROM ledger_state WHERE price_book_version = e.value->>'price_book_version')
ON CONFLICT DO NOTHING`;
const insertEstimates = `
INSERT INTO cost_estimates (interaction_key, revision, ai_tokens_cost, total_cost, cache_savings, currency, price_state, calculation_version, price_book_version, created_at, lines)
SELECT i.interaction_key, 1, e.value->>'cost', e.value->>'cost', 0, 'USD', iif(e.value->>'cost' IS NULL, 'unpriced', 'priced'), 1, e.value->>'price_book_version', i.received_at, e.value->>'lines'
FROM json_each(?1) e JOIN interactions i ON i.id = e.value->>'id' AND i.ingest_id = e.value->>'ingest_id'`;
const newRows = `FROM interactions i JOIN cost_estimates c USING (interaction_key)
WHERE i.id IN (SELECT value->>'id' FROM json_each(?1)) AND i.ingest_id = ?1->0->>'ingest_id'`;
const touched = `SELECT i.session_key ${newRows}`;
const restoreSessions = `INSERT INTO sessions SELECT * FROM sessions_archive WHERE session_key IN (${touched}) ON CONFLICT (session_key) DO NOTHING`;
const clearArchive = `DELETE FROM sessions_archive WHERE session_key IN (${touched})`;
const tokenColumns = ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning", "audio_in", "audio_out", "image_in", "image_out"].map((bucket) => `${bucket}_tokens`);
const tokens = `(${tokenColumns.map((column) => `i.${column}`).join(" + ")})`;
// A session is the user's of its earliest event, and says so where another's came in.
const upsertSessions = `
INSERT INTO sessions (session_key, user_key, start_time, last_seen, last_start, interaction_count, error_count, aborted_count, unpriced_count, partial_count, token_count, total_cost, mixed_users, first_ingest_id)
SELECT i.session_key, i.user_key, min(i.timestamp), max(i.price_time), max(i.timestamp), count(*), sum(i.status = 'error'), sum(i.status = 'aborted'), sum(c.price_state = 'unpriced'), sum(c.price_state = 'partial'),
  sum(${tokens}), sum(ifnull(c.total_cost, 0)), min(i.user_key) <> max(i.user_key), i.ingest_id
${newRows} GROUP BY i.session_key
ON CONFLICT (session_key) DO UPDATE SET mixed_users = max(mixed_users, excluded.mixed_users, user_key <> excluded.user_key),
  user_key = iif(excluded.start_time < start_time, excluded.user_key, user_key),
  start_time = min(start_time, excluded.start_time), last_seen = max(last_seen, excluded.last_seen), last_start = max(last_start, excluded.last_start),
  interaction_count = interaction_count + excluded.interaction_count, error_count = error_count + excluded.error_count, aborted_count = aborted_count + excluded.aborted_count,
  unpriced_count = unpriced_count + excluded.unpriced_count, partial_count = partial_count + excluded.partial_count,
  token_count = token_count + excluded.token_count, total_cost = total_cost + excluded.total_cost`;
const upsertSessionModels = `INSERT INTO session_models (session_key, provider, model, agent, start_time) SELECT i.session_key, i.provider, i.model_name, i.agent, s.start_time ${newRows.replace("WHERE", "JOIN sessions s ON s.session_key = i.session_key WHERE")} ON CONFLICT DO NOTHING`;
const upsertSessionDays = `INSERT INTO session_days (day, user_key, session_key) SELECT i.day, i.user_key, i.session_key ${newRows} ON CONFLICT DO NOTHING`;
const costs = ["ai_tokens_cost", "db_ops_cost", "api_calls_cost", "compute_time_cost", "total_cost", "cache_savings"];
const sums = [
  "count(*)", "sum(i.status = 'error')", "sum(i.status = 'aborted')", "sum(c.price_state = 'unpriced')", "sum(c.price_state = 'partial')",
  `sum(${tokens} * (c.price_state = 'unpriced'))`,
  ...tokenColumns.map((column) => `sum(i.${column})`), ...costs.map((column) => `sum(ifnull(c.${column}, 0))`),
].join(", ");
const cell = "i.day, i.user_key, i.provider, i.model_name, i.agent, i.type";
const moveRollups = `INSERT INTO rollup_moves SELECT ${cell}, ${sums} ${newRows} GROUP BY ${cell}`;
const countsOf = (metric: string): string => `json_group_object(CAST(bucket AS TEXT), count) FILTER (WHERE metric = '${metric}')`;
const moveLatencies = `
INSERT INTO latency_moves SELECT day, provider, model_name, ${countsOf("duration")}, ${countsOf("time_to_first_token")} FROM (
  SELECT i.day, i.provider, i.model_name, l.value->>0 AS metric, l.value->>1 AS bucket, count(*) AS count
  FROM json_each(?1) e, json_each(e.value->'latencies') l JOIN interactions i ON i.id = e.value->>'id' AND i.ingest_id = e.value->>'ingest_id'
  GROUP BY 1, 2, 3, 4, 5)
GROUP BY day, provider, model_name`;
const bumpLedger = `UPDATE ledger_state SET ledger_version = ledger_version + 1 WHERE EXISTS (SELECT 1 ${newRows})`;
const answers = `
SELECT i.id, i.ingest_id = e.value->>'ingest_id' AS is_new, hex(i.body_hash) = upper(e.value->>'body_hash') AS is_same, c.total_cost, c.price_state
FROM json_each(?1) e JOIN interactions i ON i.id = e.value->>'id' JOIN cost_estimates c USING (interaction_key) WHERE c.revision = (SELECT max(revision) FROM cost_estimates x WHERE x.interaction_key = i.interaction_key)
UNION ALL
SELECT i.id, 0, hex(i.body_hash) = upper(e.value->>'body_hash'), c.total_cost, c.price_state
FROM json_each(?1) e JOIN interactions_archive i ON i.id = e.value->>'id' JOIN cost_estimates_archive c USING (interaction_key) WHERE c.revision = (SELECT max(revision) FROM cost_estimates_archive x WHERE x.interaction_key = i.interaction_key)`;

interface Answer {
  id: string;
  status: "accepted" | "duplicate" | "conflict";
  total_cost: number | null;
  price_state: string;
}

async function record(database: D1Database, events: readonly Event[]): Promise<{ answers: Answer[]; rowsWritten: number }> {
  const ingestId = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
  const now = Date.now();
  const priceBookVersion = await bookVersion(database);
  const rows = await Promise.all(
    events.map(async (parsed) => {
      const time = Date.parse(parsed.timestamp);
      const { total, lines } = estimate(parsed.usage, await ratesOf(database, parsed.provider, parsed.model_name));
      const { usage: counts, ...rest } = parsed;
      const latencies = parsed.type !== "chat" || parsed.status !== "ok" ? []
        : ([["duration", parsed.duration_ms], ["time_to_first_token", parsed.time_to_first_token_ms]] as const)
          .filter((pair): pair is [typeof pair[0], number] => pair[1] !== undefined)
          .map(([metric, ms]) => [metric, bucketOf(ms)]);
      return {
        ...rest, ...counts, latencies, price_book_version: priceBookVersion, time, day: parsed.timestamp.slice(0, 10), price_time: time + (parsed.duration_ms ?? 0), received_at: now,
        ingest_id: ingestId, body_hash: await bodyHash(parsed), cost: total, lines: JSON.stringify(lines),
      };
    }),
  );
  const json = JSON.stringify(rows);
  const statements = [
    insertUsers, insertSessionIds, insertInteractions, insertEstimates, restoreSessions, clearArchive, upsertSessions, upsertSessionModels, upsertSessionDays,
    moveRollups, moveLatencies, bumpLedger, answers,
  ];
  const results = await database.batch<{ id: string; is_new: number; is_same: number; total_cost: number | null; price_state: string }>(
    statements.map((sql) => database.prepare(sql).bind(json)));
  const stored = new Map(results.at(-1)!.results.map((row) => [row.id, row]));
  const rowsWritten = results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
  const recorded = events.map(({ id }): Answer => {
    const row = stored.get(id);
    if (row === undefined) throw new Error("the price book moved on");
    const status = row.is_same === 0 ? "conflict" : row.is_new === 1 ? "accepted" : "duplicate";
    return { id, status, total_cost: row.total_cost, price_state: row.price_state };
  });
  return { answers: recorded, rowsWritten };
}

const app = new Hono<Env>();

app.use("/track/*", async (context, next) => {
  if (!(await mayIngest(context.env.DB, context.req.header("authorization")))) return context.json({ title: "unauthorized" }, 401);
  return next();
});

function writeLog(route: string, started: number, status: number, { answers: recorded, rowsWritten }: Awaited<ReturnType<typeof record>>): void {
  const count = (wanted: Answer["status"]): number => recorded.filter((answer) => answer.status === wanted).length;
  console.log(JSON.stringify({
    event: "request", request_id: crypto.randomUUID(), route, status, accepted: count("accepted"), duplicate: count("duplicate"), conflict: count("conflict"),
    unpriced: recorded.filter((answer) => answer.price_state === "unpriced").length, rows_written: rowsWritten, duration_ms: Date.now() - started,
  }));
}

app.post("/track/interaction", async (context) => {
  const started = Date.now();
  const parsed = event.safeParse(await context.req.json());
  if (!parsed.success) return context.json({ title: "invalid", issues: parsed.error.issues }, 422);
  const recorded = await record(context.env.DB, [parsed.data]);
  const [answer] = recorded.answers;
  const status = answer!.status === "conflict" ? 409 : 200;
  writeLog("trackInteraction", started, status, recorded);
  return context.json(answer, status);
});

app.post("/track/batch", async (context) => {
  const started = Date.now();
  const parsed = z.strictObject({ events: z.array(event).max(500) }).safeParse(await context.req.json());
  if (!parsed.success) return context.json({ title: "invalid", issues: parsed.error.issues }, 422);
  const recorded = await record(context.env.DB, parsed.data.events);
  writeLog("trackBatch", started, 200, recorded);
  return context.json({ results: recorded.answers });
});

export default app;
