// What one would write over a week-end: Hono, zod, floats, and five statements with plain parameters for
// the interaction, its cost, its session, its day and its user. It keeps the price of today alone, has no
// receipt, no archive, no latencies, and sums by day and user in one table. A repeat changes nothing, by
// the id's uniqueness, and a batch goes through json_each.
import { Hono } from "hono";
import * as z from "zod";

interface Env {
  Bindings: { DB: D1Database };
}

const event = z.object({
  id: z.string().min(1).max(128),
  type: z.enum(["chat", "db", "api", "cost-event"]),
  timestamp: z.iso.datetime(),
  user_id: z.string().min(1).max(128),
  session_id: z.string().min(1).max(256),
  duration_ms: z.int().nonnegative().default(0),
  provider: z.string().max(64).default(""),
  model_name: z.string().max(200).default(""),
  agent: z.string().max(200).default(""),
  usage: z.object({ input: z.int().nonnegative().default(0), cache_read: z.int().nonnegative().default(0), cache_write_5m: z.int().nonnegative().default(0), output: z.int().nonnegative().default(0) }).default({ input: 0, cache_read: 0, cache_write_5m: 0, output: 0 }),
});
type Event = z.infer<typeof event>;

const keys = new Map<string, string>();
const prices = new Map<string, Map<string, number>>();

async function mayIngest(database: D1Database, header: string | undefined): Promise<boolean> {
  const [id = "", secret = ""] = atob((header ?? "").replace(/^Basic /, "")).split(":");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!keys.has(id)) {
    const row = await database.prepare("SELECT key_hash FROM api_keys WHERE id = ?1 AND revoked_at IS NULL").bind(id).first<{ key_hash: string }>();
    if (row !== null) keys.set(id, row.key_hash);
  }
  return keys.get(id) === hash;
}

async function rates(database: D1Database, provider: string, model: string): Promise<Map<string, number>> {
  const name = `${provider.toLowerCase()}/${model}`;
  let found = prices.get(name);
  if (found === undefined) {
    const { results } = await database
      .prepare("SELECT resource_type, rate * 1.0 / per AS rate FROM prices WHERE provider = ?1 AND model = ?2 AND valid_to IS NULL AND service_tier = 'standard' AND min_context = 0")
      .bind(provider.toLowerCase(), model).all<{ resource_type: string; rate: number }>();
    found = new Map(results.map((row) => [row.resource_type, row.rate]));
    prices.set(name, found);
  }
  return found;
}

async function costOf(database: D1Database, { provider, model_name, usage }: Event): Promise<number> {
  const rate = await rates(database, provider, model_name);
  return Object.entries(usage).reduce((sum, [name, tokens]) => sum + tokens * (rate.get(name) ?? 0), 0);
}

const tokensOf = ({ usage }: Event): number => usage.input + usage.cache_read + usage.cache_write_5m + usage.output;

const app = new Hono<Env>();

app.use("/track/*", async (context, next) =>
  (await mayIngest(context.env.DB, context.req.header("authorization"))) ? next() : context.json({ title: "unauthorized" }, 401));

app.post("/track/interaction", async (context) => {
  const parsed = event.safeParse(await context.req.json());
  if (!parsed.success) return context.json({ errors: parsed.error.issues }, 400);
  const { data } = parsed;
  const { DB } = context.env;
  if ((await DB.prepare("SELECT 1 FROM lean_interactions WHERE id = ?1").bind(data.id).first()) !== null) return context.json({ id: data.id, status: "duplicate" });
  const time = Date.parse(data.timestamp);
  const cost = await costOf(DB, data);
  await DB.batch([
    DB.prepare("INSERT INTO lean_interactions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)").bind(data.id, data.session_id, data.user_id, time, data.type, data.duration_ms, data.provider, data.model_name, data.agent, data.usage.input, data.usage.output),
    DB.prepare("INSERT INTO lean_costs VALUES (?1, ?2)").bind(data.id, cost),
    DB.prepare("INSERT INTO lean_sessions VALUES (?1, ?2, ?3, ?3, 1, ?4) ON CONFLICT DO UPDATE SET ended = max(ended, ?3), count = count + 1, cost = cost + ?4").bind(data.session_id, data.user_id, time, cost),
    DB.prepare("INSERT INTO lean_days VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6) ON CONFLICT DO UPDATE SET count = count + 1, tokens = tokens + ?5, cost = cost + ?6").bind(data.timestamp.slice(0, 10), data.user_id, data.provider, data.model_name, tokensOf(data), cost),
    DB.prepare("INSERT INTO lean_users VALUES (?1, ?2) ON CONFLICT DO UPDATE SET last_seen = max(last_seen, ?2)").bind(data.user_id, time),
  ]);
  return context.json({ id: data.id, status: "accepted", total_cost: cost }, 201);
});

app.post("/track/batch", async (context) => {
  const parsed = z.object({ events: z.array(event).min(1).max(500) }).safeParse(await context.req.json());
  if (!parsed.success) return context.json({ errors: parsed.error.issues }, 400);
  const { DB } = context.env;
  const { results } = await DB.prepare("SELECT id FROM lean_interactions WHERE id IN (SELECT value FROM json_each(?1))").bind(JSON.stringify(parsed.data.events.map(({ id }) => id))).all<{ id: string }>();
  const known = new Set(results.map(({ id }) => id));
  const fresh = parsed.data.events.filter(({ id }) => !known.has(id));
  const rows = JSON.stringify(await Promise.all(fresh.map(async (one) => ({ ...one, ...one.usage, time: Date.parse(one.timestamp), day: one.timestamp.slice(0, 10), tokens: tokensOf(one), cost: await costOf(DB, one) }))));
  if (fresh.length > 0) {
    await DB.batch([
      `INSERT INTO lean_interactions SELECT value->>'id', value->>'session_id', value->>'user_id', value->>'time', value->>'type', value->>'duration_ms', value->>'provider', value->>'model_name', value->>'agent', value->>'input', value->>'output' FROM json_each(?1)`,
      `INSERT INTO lean_costs SELECT value->>'id', value->>'cost' FROM json_each(?1)`,
      `INSERT INTO lean_sessions SELECT value->>'session_id', value->>'user_id', min(value->>'time'), max(value->>'time'), count(*), sum(value->>'cost') FROM json_each(?1) GROUP BY 1 ON CONFLICT DO UPDATE SET ended = max(ended, excluded.ended), count = count + excluded.count, cost = cost + excluded.cost`,
      `INSERT INTO lean_days SELECT value->>'day', value->>'user_id', value->>'provider', value->>'model_name', count(*), sum(value->>'tokens'), sum(value->>'cost') FROM json_each(?1) GROUP BY 1, 2, 3, 4 ON CONFLICT DO UPDATE SET count = count + excluded.count, tokens = tokens + excluded.tokens, cost = cost + excluded.cost`,
      `INSERT INTO lean_users SELECT value->>'user_id', max(value->>'time') FROM json_each(?1) GROUP BY 1 ON CONFLICT DO UPDATE SET last_seen = max(last_seen, excluded.last_seen)`,
    ].map((sql) => DB.prepare(sql).bind(rows)));
  }
  return context.json({ results: parsed.data.events.map(({ id }) => ({ id, status: known.has(id) ? "duplicate" : "accepted" })) });
});

export default app;
