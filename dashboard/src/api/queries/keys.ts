import { queryOptions } from "@tanstack/react-query";
import { unwrap } from "../api-error.ts";
import { tracker } from "../client.ts";
import type { components } from "../tracking-schema.d.ts";

/** A key without its secret. */
export type Key = components["schemas"]["Key"];
/** What a new key needs. */
export type NewKey = components["schemas"]["NewKey"];
/** A key with its secret, shown once. */
export type CreatedKey = components["schemas"]["CreatedKey"];

/** Every key, without secrets. */
export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: ({ signal }) => unwrap(tracker.GET("/admin/keys", { signal })),
});

/** Makes a key. */
export function createKey(body: NewKey): Promise<CreatedKey> {
  return unwrap(tracker.POST("/admin/keys", { body }));
}

/** Revokes a key. */
export function revokeKey(id: string): Promise<unknown> {
  return unwrap(tracker.DELETE("/admin/keys/{id}", { params: { path: { id } } }));
}
