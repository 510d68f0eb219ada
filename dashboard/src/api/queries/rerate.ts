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

/** The runs that estimated again, newest first. */
export const reratesQuery = queryOptions({
  queryKey: ["rerates"],
  queryFn: ({ signal }) => unwrap(tracker.GET("/admin/rerate", { signal, params: { query: { limit: 50 } } })),
});

/** Estimates again, or says what that would change. */
export function rerate(body: RerateRequest): Promise<RerateAnswer> {
  return unwrap(tracker.POST("/admin/rerate", { body }));
}
