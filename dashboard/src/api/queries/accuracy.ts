import { queryOptions } from "@tanstack/react-query";
import { unwrap } from "../api-error.ts";
import type { components } from "../analytics-schema.d.ts";
import { analytics, tracker } from "../client.ts";
import type { components as tracking } from "../tracking-schema.d.ts";

type Settings = tracking["schemas"];
/** A field of some sender's usage objects that no rule gives a meaning. */
export type UnreadField = components["schemas"]["UnreadFieldList"]["items"][number];
/** What a provider said of a model's day, beside the estimates. */
export type ReportedCost = components["schemas"]["ReportedCostList"]["items"][number];
/** How long the cache writes of a source live, from a moment on. */
export type CacheLifetime = Settings["CacheLifetimeList"]["items"][number];
/** Which of a provider's own amounts count, from a moment on. */
export type ReportedCostSetting = Settings["ReportedCostSettings"]["items"][number];

const live = { live: true } as const;
/** The days that are asked for, both included. */
type Days = { start_date: string; end_date: string };

/** Fields that could not be read. */
export const unreadFieldsQuery = (query: Days) =>
  queryOptions({
    queryKey: ["unread-fields", query],
    queryFn: ({ signal }) => unwrap(analytics.GET("/accuracy/unread-fields", { signal, params: { query } })),
    meta: live,
  });

/** What providers say they billed. */
export const reportedCostsQuery = (query: Days) =>
  queryOptions({
    queryKey: ["reported-costs", query],
    queryFn: ({ signal }) => unwrap(analytics.GET("/accuracy/reported-costs", { signal, params: { query } })),
    meta: live,
  });

/** How long cache writes live where nothing tells. */
export const cacheLifetimesQuery = queryOptions({
  queryKey: ["cache-lifetimes"],
  queryFn: ({ signal }) => unwrap(tracker.GET("/admin/cache-lifetimes", { signal })),
});

/** Says how long the cache writes of a source live, from a moment on. */
export function setCacheLifetime(body: CacheLifetime): Promise<Settings["CacheLifetimeList"]> {
  return unwrap(tracker.PUT("/admin/cache-lifetimes", { body }));
}

/** Whose reported costs count. */
export const reportedSettingsQuery = queryOptions({
  queryKey: ["reported-cost-settings"],
  queryFn: ({ signal }) => unwrap(tracker.GET("/admin/reported-costs", { signal })),
});

/** Says whether a provider's own amounts count, from a moment on. */
export function setReportedCost(body: ReportedCostSetting): Promise<Settings["ReportedCostSettings"]> {
  return unwrap(tracker.PUT("/admin/reported-costs", { body }));
}
