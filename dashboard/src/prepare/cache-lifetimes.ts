/** How long cache writes live by the operator's word: what holds when, and which estimates a change leaves behind. */
import type { CacheLifetime } from "../api/queries/accuracy.ts";

/** The remark on the receipts of what a setting chose, or left open. */
export type LifetimeFlag = "cache_lifetime_by_setting" | "cache_lifetime_assumed";

/** The lifetimes in the words of a reader. */
export const lifetimeNames: Record<CacheLifetime["lifetime"], string> = { "5m": "5 minutes", "1h": "1 hour", unknown: "not known" };

/** The settings of one source, the earliest first. */
export function ofSource(items: readonly CacheLifetime[], source: CacheLifetime["source"]): CacheLifetime[] {
  return items.filter((item) => item.source === source).toSorted((a, b) => (a.valid_from ?? "").localeCompare(b.valid_from ?? ""));
}

/**
 * The remarks of the calls whose lifetime another setting chose and a change takes over: what held at its
 * moment or began later. Where nothing was set, the lifetime was assumed.
 */
export function flagsOvertaken(before: readonly CacheLifetime[], change: CacheLifetime): LifetimeFlag[] {
  const own = ofSource(before, change.source);
  const from = change.valid_from ?? "";
  const holding = own.filter(({ valid_from }) => (valid_from ?? "") <= from).at(-1);
  const over = [holding, ...own.filter(({ valid_from }) => (valid_from ?? "") > from)];
  const lifetimes = over.map((item) => item?.lifetime ?? "unknown").filter((lifetime) => lifetime !== change.lifetime);
  return [...new Set(lifetimes.map((lifetime): LifetimeFlag => (lifetime === "unknown" ? "cache_lifetime_assumed" : "cache_lifetime_by_setting")))];
}
