import { queryOptions } from "@tanstack/react-query";
import { unwrap } from "../api-error.ts";
import { tracker } from "../client.ts";
import type { components } from "../tracking-schema.d.ts";

type Schemas = components["schemas"];
/** Which interactions are estimated again, and why. */
export type RerateRequest = Schemas["RerateRequest"];
/** What a run changed so far, or would. */
export type RerateAnswer = Schemas["RerateAnswer"];
/** A run. */
export type RerateRun = Schemas["RerateRun"];

/** The key that every answer about runs shares. */
export const reratesKey = ["rerates"];

/** The runs that estimated again, newest first. */
export const reratesQuery = queryOptions({
  queryKey: [...reratesKey, "list"],
  queryFn: ({ signal }) => unwrap(tracker.GET("/admin/rerate", { signal, params: { query: { limit: 50 } } })),
});

/** One run, with what it changed. */
export const rerateQuery = (id: number) =>
  queryOptions({
    queryKey: [...reratesKey, id],
    queryFn: ({ signal }) => unwrap(tracker.GET("/admin/rerate/{rerate_id}", { signal, params: { path: { rerate_id: String(id) } } })),
  });

/** Estimates again, or says what that would change. */
export function rerate(body: RerateRequest): Promise<RerateAnswer> {
  return unwrap(tracker.POST("/admin/rerate", { body }));
}
