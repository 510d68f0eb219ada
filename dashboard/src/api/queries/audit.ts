import { infiniteQueryOptions } from "@tanstack/react-query";
import { unwrap } from "../api-error.ts";
import { tracker } from "../client.ts";
import type { components } from "../tracking-schema.d.ts";

/** One page of the audit log. */
export type AuditLog = components["schemas"]["AuditLog"];
/** One entry of the audit log. */
export type AuditEntry = AuditLog["items"][number];

/** The audit log, newest first; each page says where the older one begins. */
export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  queryFn: ({ signal, pageParam }) => unwrap(tracker.GET("/admin/audit", { signal, params: { query: { limit: 100, ...(pageParam === null ? {} : { before: pageParam }) } } })),
  initialPageParam: null as number | null,
  getNextPageParam: ({ next_before }) => next_before,
  select: ({ pages }) => pages.flatMap(({ items }) => items),
});
