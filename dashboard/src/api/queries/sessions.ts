import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { unwrap } from "../api-error.ts";
import type { operations } from "../analytics-schema.d.ts";
import { analytics } from "../client.ts";
import { pageOrLast } from "../last-page.ts";
import { live } from "./stats.ts";

/** The parameters of the list of sessions. */
export type SessionsQuery = NonNullable<operations["listSessions"]["parameters"]["query"]>;

/** One page of sessions. It is not made stale by the watermark: rows never move under a reader. */
export const sessionsQuery = (query: SessionsQuery) =>
  queryOptions({
    queryKey: ["sessions", "page", query],
    queryFn: ({ signal }) => pageOrLast(query, (page) => unwrap(analytics.GET("/sessions", { signal, params: { query: page } })), ({ total_count }) => total_count),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** How many sessions the same filters find now: for "14 new: show". */
export const sessionCountQuery = ({ limit: _limit, offset: _offset, sort: _sort, order: _order, include: _include, ...filters }: SessionsQuery) => {
  const query: SessionsQuery = { ...filters, limit: 1 };
  return queryOptions({
    queryKey: ["sessions", "count", query],
    queryFn: ({ signal }) => unwrap(analytics.GET("/sessions", { signal, params: { query } })),
    select: (list) => list.total_count,
    staleTime: Number.POSITIVE_INFINITY,
    meta: live,
  });
};

/** One session with its first interactions. */
export const sessionQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ["sessions", "one", sessionId],
    queryFn: ({ signal }) => unwrap(analytics.GET("/sessions/{session_id}", { signal, params: { path: { session_id: sessionId } } })),
    staleTime: Number.POSITIVE_INFINITY,
    meta: live,
  });

/** Later pages of a session's interactions. */
export const interactionsQuery = (sessionId: string, offset: number) =>
  queryOptions({
    queryKey: ["sessions", "interactions", sessionId, offset],
    queryFn: ({ signal }) => pageOrLast({ limit: 200, offset }, (query) => unwrap(analytics.GET("/sessions/{session_id}/interactions", { signal, params: { path: { session_id: sessionId }, query } })), ({ total_count }) => total_count),
    staleTime: Number.POSITIVE_INFINITY,
    meta: live,
  });

/** The receipt of one interaction. */
export const receiptQuery = (interactionId: string) =>
  queryOptions({
    queryKey: ["receipt", interactionId],
    queryFn: ({ signal }) => unwrap(analytics.GET("/interactions/{interaction_id}/cost", { signal, params: { path: { interaction_id: interactionId } } })),
    staleTime: Number.POSITIVE_INFINITY,
    meta: live,
  });
