/** An invented price book, keys and health, typed by the contracts. */
import type { Health, Integrity, JobRun } from "../api/model.ts";
import type { Rate, Unpriced, Waiting } from "../api/queries/prices.ts";
import type { AuditEntry, AuditLog } from "../api/queries/audit.ts";
import type { Key } from "../api/queries/keys.ts";
import type { components as analytics } from "../api/analytics-schema.d.ts";
import type { components } from "../api/pricing-schema.d.ts";
import type { components as tracking } from "../api/tracking-schema.d.ts";
import { today } from "./sample-ledger.ts";

const rate = (id: number, given: Partial<Rate> = {}): Rate => ({
  id, provider: "anthropic", model: "claude-opus-5", resource_type: "input", region: "", service_tier: "standard", min_context: 0, schedule: "", rate: "5", per: 1_000_000, currency: "USD",
  valid_from: "2026-11-16T00:00:00.000Z", valid_from_basis: "stated", valid_to: null, source: "litellm", source_revision: "5f3a", status: "active", reason: null,
  observed_at: "2026-11-16T01:00:00.000Z", updated_at: "2026-11-23T12:37:00.000Z", cache_ttl: 604_800, stale: false, ...given,
});

const inForce = [
  rate(1), rate(2, { resource_type: "cache_read", rate: "0.5" }), rate(3, { resource_type: "output", rate: "25" }), rate(4, { provider: "openai", model: "gpt-5.4", rate: "1.75", valid_from: null, valid_from_basis: "assumed" }),
  rate(5, { provider: "openai", model: "gpt-5.4", resource_type: "output", rate: "14", source: "override", reason: "contract 2026-7" }), rate(6, { provider: "openai", model: "gpt-5.4", resource_type: "web_search", rate: "0.01", per: 1, stale: true }), rate(7, { provider: "google", model: "gemini-3-pro", min_context: 200_000, rate: "4" }),
];

/** The prices in force. */
export const rates = { total: inForce.length, limit: 100, offset: 0, at: "2026-11-23T13:00:00.000Z", items: inForce };

/** Every price of one model. */
export const history = { provider: "anthropic", model: "claude-opus-5", total: 4, items: [rate(10, { rate: "15", valid_from: null, valid_from_basis: "assumed", valid_to: "2026-11-16T00:00:00.000Z" }), rate(1), rate(11, { resource_type: "output", rate: "75", valid_from: null, valid_from_basis: "assumed", valid_to: "2026-11-16T00:00:00.000Z" }), rate(3, { resource_type: "output", rate: "25" })] };

const waiting: Waiting = { quarantined: rate(20, { provider: "deepseek", model: "deepseek-v4", rate: "0", status: "quarantined", reason: "fell to zero" }), in_force: rate(21, { provider: "deepseek", model: "deepseek-v4", rate: "0.28" }) };
/** What waits for a decision. */
export const quarantine = { total: 1, items: [waiting] };

const missingTokens = (provider: string, model: string): Unpriced["missing"] =>
  ["input", "output"].map((resource_type) => ({ provider, model, resource_type, service_tier: "standard", per: 1_000_000 }));
const missing: Unpriced[] = [
  { provider: "local", model: "llama-5-70b", type: "chat", unpriced_count: 300, partial_count: 0, interaction_count: 300, unpriced_tokens: 1_200_000, first_day: "2026-11-03", last_day: today, missing: missingTokens("local", "llama-5-70b") },
  { provider: "acme", model: "x1", type: "chat", unpriced_count: 12, partial_count: 3, interaction_count: 15, unpriced_tokens: 40_000, first_day: "2026-11-20", last_day: "2026-11-22", missing: [...missingTokens("acme", "x1"), { provider: "acme", model: "x1", resource_type: "unread:reasoning_seconds", service_tier: "standard", per: 1 }] },
];
/** What was used and has no price. */
export const unpriced = { since: "2025-10-20", total: missing.length, items: missing };

/** Where prices come from. */
export const sources = {
  price_book_version: 42, quarantined: 1, total: 2,
  items: [
    { source: "litellm", model_count: 812, rate_count: 3_120, skipped_count: 40, open_rates: 2_900, checked_at: "2026-11-23T12:37:00.000Z", changed_at: "2026-11-22T12:37:00.000Z", last_error: null, stale: false },
    { source: "models.dev", model_count: 600, rate_count: 2_000, skipped_count: 4, open_rates: 80, checked_at: "2026-11-12T12:37:00.000Z", changed_at: null, last_error: "no answer within 20 s", stale: true },
  ],
};

/** Where sources differ. */
export const conflicts = { limit: 100, offset: 0, items: [{ provider: "xai", model: "grok-5", resource_type: "input", region: "", service_tier: "standard", min_context: 0, schedule: "", source: "litellm", rate: "3", per: 1_000_000, other_source: "models.dev", other_rate: "2.5" }] };

const key = (given: Partial<Key>): Key => ({ id: "pk-tt-1", name: "Admin", scopes: ["admin"], user_id: null, created_at: "2026-08-01T10:00:00.000Z", expires_at: null, revoked_at: null, last_used_at: null, last_refused_at: null, last_refusal: null, ...given });
/** The keys. */
export const keys = { total: 3, items: [key({ id: "tk_1b2c" }), key({ id: "pk-tt-2", name: "LibreChat", scopes: ["ingest"], last_used_at: "2026-11-23T13:01:00.000Z", last_refused_at: "2026-11-23T12:58:00.000Z", last_refusal: "unauthorized" }), key({ id: "pk-tt-3", name: "Finance, 2025", scopes: ["read"], revoked_at: "2026-10-01T10:00:00.000Z" })] };

const entry = (id: number, action: string, { detail = null, ...given }: Partial<Omit<AuditEntry, "detail">> & { detail?: object | null } = {}): AuditEntry => ({ id, at: `2026-11-${String(16 + id)}T12:51:09.363Z`, actor: "tk_1b2c", action, subject: "anthropic/claude-opus-5", detail: detail as AuditEntry["detail"], reason: null, ...given });
const auditEntries = [
  entry(7, "key.create", { subject: "pk-tt-2", detail: { name: "LibreChat", scopes: ["ingest"], user_id: null }, reason: "so that LibreChat is told apart" }),
  entry(6, "price_override.set", { actor: "access:9f2c", detail: { before: null, after: { rate: "14", per: 1_000_000 } }, reason: "contract 2026-7" }),
  entry(5, "price_sync.run", { actor: "machine", subject: "litellm" }),
];
/** What admins changed: two entries, and on request the one before them. */
export function auditPage(query: URLSearchParams): AuditLog {
  return query.get("before") === null ? { items: auditEntries.slice(0, 2), next_before: 6 } : { items: auditEntries.slice(2), next_before: null };
}

/** How the Workers are. */
export const health: Health = { status: "degraded", workers: { "analytics-api": { status: "ok", detail: { database: "ok" } }, "analytics-tracker": { status: "ok", detail: { database: "ok", ingest_mode: "direct" } }, "pricing-sync": { status: "degraded", detail: { prices: "stale", price_book_version: 42, quarantined: 1 } } } };

const run = (job: string, hour: number, status: JobRun["status"], summary: JobRun["summary"]): JobRun => ({ job, worker: job === "price_sync" ? "pricing-sync" : "analytics-tracker", scheduled_time: `2026-11-23T${String(hour).padStart(2, "0")}:37:00.000Z`, status, attempt: 1, started_at: `2026-11-23T${String(hour).padStart(2, "0")}:37:00.000Z`, finished_at: null, error: status === "failed" ? "no answer within 20 s" : null, summary });
/** What the scheduled jobs did. */
export const jobs = { items: Array.from({ length: 24 }, (_, index) => run(index % 3 === 0 ? "verify" : "price_sync", index, index === 13 ? "failed" : "ok", { source: "litellm", opened: index, closed: index })), limit: 100, offset: 0, total_count: 24 };

/** What a queue refused after its sender had an answer. */
export const rejections = { total: 2, limit: 20, offset: 0, items: [{ received_at: "2026-11-23T11:02:00.000Z", source: "api", interaction_id: "i_77", problem: "conflict", detail: "another body was recorded under this id" }, { received_at: "2026-11-22T09:00:00.000Z", source: "otel", interaction_id: "i_12", problem: "rejected", detail: "`usage.input` is -1" }] };

const ofLeftOut = (reason: string, count: number, is_worth_a_look: boolean, example: string) => ({ key_id: "pk-tt-1", source: "langfuse", reason, count, first_day: "2026-11-03", last_day: today, example, is_worth_a_look });
/** What traces held and the ledger did not take. */
export const leftOut: analytics["schemas"]["LeftOutList"] = { as_of: "2026-11-23T13:02:11.000Z", reporting_time_zone: "Europe/Berlin", ledger_version: 48_211, period: { start_date: "2026-10-25", end_date: today, days: 30, complete: false }, is_complete: true, items: [ofLeftOut("scaffolding", 9_120, false, "langfuse.observation.type"), ofLeftOut("unread_model_span", 14, true, "acme.model, acme.tokens"), ofLeftOut("refused:startTime", 2, true, "gen_ai.request.model")] };

const stamp = { as_of: "2026-11-23T13:02:11.000Z", reporting_time_zone: "Europe/Berlin", ledger_version: 48_211 };
/** Fields that no rule gives a meaning: one without a price, and one that got one. */
export const unreadFields: analytics["schemas"]["UnreadFieldList"] = {
  ...stamp, period: { start_date: "2025-10-20", end_date: today, days: 400, complete: false }, is_complete: true,
  items: [
    { field: "credits", provider: "acme", source: "api", interaction_count: 40, first_day: "2026-11-02", last_day: "2026-11-19", example_id: "i_002" },
    { field: "reasoning_seconds", provider: "acme", source: "langfuse", interaction_count: 15, first_day: "2026-11-20", last_day: "2026-11-22", example_id: "i_001" },
  ],
};

const said = (day: string, model: string, reported_cost: string, estimated_cost: string, difference: string, ratio: number, is_finding: boolean) => ({ day, provider: "openrouter", model, interaction_count: 31, reported_cost, estimated_cost, difference, ratio, is_finding, example_id: "i_003" });
/** What providers say that they billed, beside the estimates. */
export const reportedCosts: analytics["schemas"]["ReportedCostList"] = {
  ...stamp, period: { start_date: "2026-08-26", end_date: today, days: 90, complete: false }, finding_count: 1, is_complete: true,
  items: [said("2026-11-22", "moonshotai/kimi-k3", "0.62", "0.5", "0.12", 0.24, true), said("2026-11-21", "openai/gpt-5-mini", "0.1", "0.1", "0", 0, false)],
};

/** How long written caches live, where nothing tells. */
export const cacheLifetimes: tracking["schemas"]["CacheLifetimeList"] = { items: [{ source: "langfuse", lifetime: "5m", valid_from: null }, { source: "langfuse", lifetime: "1h", valid_from: "2026-06-18T00:00:00.000Z" }] };

/** Whose reported costs count. */
export const reportedSettings: tracking["schemas"]["ReportedCostSettings"] = { items: [{ provider: "openrouter", counts: "provider", valid_from: "2026-11-01T00:00:00.000Z" }] };

/** Whether the sums agree. */
export const integrity: Integrity = { as_of: "2026-11-23T13:02:11.000Z", reporting_time_zone: "Europe/Berlin", ledger_version: 48_211, period: { start_date: "2026-11-17", end_date: today, days: 7, complete: false }, status: "ok", checks: [{ name: "daily_stats_equal_interactions", ok: true, expected: "5120/41/18200311/231.4", found: "5120/41/18200311/231.4" }, { name: "usage_daily_equals_interactions", ok: true, expected: "5120/41/18200311/231.4", found: "5120/41/18200311/231.4" }], verification: { status: "sound", last_full_pass: { started_at: "2026-11-22T02:00:00.000Z", finished_at: "2026-11-22T02:10:00.000Z", interaction_count: 51_200, estimate_count: 51_300, session_count: 4_100, day_count: 60, finding_count: 0, repaired_count: 0 }, current_pass: null, findings: [] }, last_verification: null };

/** What a price of one's own did, or would do. */
export const overrideAnswer = (dry_run: boolean): components["schemas"]["OverrideAnswer"] => ({
  status: "set", dry_run, opened: 1, closed: 0, opened_rates: [], closed_rates: [],
  reestimates: dry_run ? { interaction_count: 300, priced_count: 300, cost_before: "0", cost_after: "4.12", cost_difference: "4.12", months: [{ month: "2026-11", interaction_count: 300, cost_difference: "4.12" }], examples: [], is_complete: true } : null,
});

const estimate = (total_cost: string | null, lines: tracking["schemas"]["RerateEstimate"]["lines"]) => ({ total_cost, price_state: total_cost === null ? ("unpriced" as const) : ("priced" as const), lines });
const rerateChange = (name: string) => ({ name, interaction_count: 9, cost_before: "1.2", cost_after: "1.62", difference: "0.42" });
/** What estimating again did, or would do. */
export const rerateAnswer = (dry_run: boolean): tracking["schemas"]["RerateAnswer"] => ({
  dry_run, is_complete: true, run: dry_run ? null : rerates.items[0] ?? null,
  changes: { examined_count: 14, chosen_count: 14, changed_count: 9, over_limit_count: 0, refused_count: 0, refused: [], cost_before: "1.2", cost_after: "1.62", difference: "0.42", by_day: [rerateChange("2026-11-20")], by_model: [rerateChange("acme/x1")], by_user: [rerateChange("user-17")], by_state: [rerateChange("partial>priced")], examples: [{ id: "i_004", day: "2026-11-20", before: estimate(null, []), after: estimate("0.42", [{ resource_type: "input", quantity: 1_200, price_id: 1, amount: "0.42", flags: [] }]) }] },
});

/** The runs that estimated again. */
export const rerates: tracking["schemas"]["RerateRunList"] = { total: 1, limit: 50, offset: 0, items: [{ id: 3, requested_by: "tk_1b2c", reason: "the list had a typing mistake", filter: { start_date: "2026-11-01", end_date: "2026-11-20", provider: "openai", model: "gpt-5.4" }, started_at: "2026-11-21T09:00:00.000Z", finished_at: "2026-11-21T09:00:04.000Z", examined_count: 5_120, changed_count: 812, difference: "-3.1" }] };

/** What an archival moved, or would move. */
export const archiveAnswer = (dry_run: boolean) => ({
  job: "archive",
  status: "ok",
  summary: { dry_run, cutoff: Date.parse("2025-11-23T00:00:00Z"), chunk_count: dry_run ? 0 : 1, session_count: 412, interaction_count: 6_120, estimate_count: dry_run ? 0 : 6_121, is_more: false },
});
