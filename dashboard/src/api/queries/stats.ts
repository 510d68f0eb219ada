import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { unwrap } from "../api-error.ts";
import type { operations } from "../analytics-schema.d.ts";
import { analytics } from "../client.ts";
import { pageOrLast } from "../last-page.ts";

/** The parameters of a range query. */
export type SliceQuery = NonNullable<operations["getSystemStats"]["parameters"]["query"]>;
/** The parameters of the chart's query. */
export type DailyQuery = NonNullable<operations["getDailyStats"]["parameters"]["query"]>;
/** The parameters of a list of users, models or agents. */
export type GroupListQuery = NonNullable<operations["listUserStats"]["parameters"]["query"]>;
/** Which list. */
export type GroupKind = "users" | "models" | "agents";

/** Queries that the watermark makes stale when the ledger moves. */
export const live = { live: true } as const;

/** Everything over time: buckets, series, other, total, comparison, bridge, forecast, marks. */
export const dailyQuery = (query: DailyQuery) =>
  queryOptions({
    queryKey: ["stats", "daily", query],
    queryFn: ({ signal }) => unwrap(analytics.GET("/stats/daily", { signal, params: { query } })),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    meta: live,
  });

/** The slice as a whole. */
export const systemQuery = (slice: SliceQuery) => {
  const query: SliceQuery = { ...slice, include: ["sessions"] };
  return queryOptions({
    queryKey: ["stats", "system", query],
    queryFn: ({ signal }) => unwrap(analytics.GET("/stats/system", { signal, params: { query } })),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    meta: live,
  });
};

/** One page of users, models or agents. */
export const groupListQuery = (kind: GroupKind, query: GroupListQuery) =>
  queryOptions({
    queryKey: ["stats", kind, query],
    queryFn: ({ signal }) => {
      const paths = { users: "/stats/users", models: "/stats/models", agents: "/stats/agents" } as const;
      return pageOrLast(query, (page) => unwrap(analytics.GET(paths[kind], { signal, params: { query: page } })), ({ total_count }) => total_count);
    },
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    meta: live,
  });

/** One user, over a lifetime and a range. */
export const userQuery = (userId: string, { start_date, end_date, compare }: SliceQuery, tenantId: string | undefined) => {
  const query = { ...(start_date === undefined || end_date === undefined ? {} : { start_date, end_date }), ...(compare === undefined ? {} : { compare }), ...(tenantId === undefined ? {} : { tenant_id: tenantId }) };
  return queryOptions({
    queryKey: ["stats", "user", userId, query],
    queryFn: ({ signal }) => unwrap(analytics.GET("/stats/users/{user_id}", { signal, params: { path: { user_id: userId }, query } })),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    meta: live,
  });
};
