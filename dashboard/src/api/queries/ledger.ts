import { queryOptions } from "@tanstack/react-query";
import { analytics } from "../client.ts";
import { unwrap } from "../api-error.ts";

/** How often the watermark is asked for while the page is looked at. */
export const pollMs = 30_000;

/** Whether anything moved, and what day it is in the reporting zone. */
export const watermarkQuery = queryOptions({
  queryKey: ["watermark"],
  queryFn: ({ signal }) => unwrap(analytics.GET("/watermark", { signal })),
  staleTime: pollMs,
});

/** Who is signed in. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => unwrap(analytics.GET("/auth/me", { signal })),
  staleTime: 5 * 60_000,
});

/** Whether the three Workers answer; a 503 says the same in its body. */
export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: async ({ signal }) => {
    const { data, error } = await analytics.GET("/health", { signal });
    const health = data ?? error;
    if (health === undefined) throw new Error("The health page did not answer.");
    return health;
  },
});

/** Whether the sums agree with the interactions; it recounts, so it is asked for once. */
export const integrityQuery = queryOptions({
  queryKey: ["integrity"],
  queryFn: ({ signal }) => unwrap(analytics.GET("/integrity", { signal })),
  staleTime: 10 * 60_000,
});

/** Runs of the scheduled jobs, newest first. */
export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: ({ signal }) => unwrap(analytics.GET("/jobs", { signal, params: { query: { limit: 100 } } })),
});
