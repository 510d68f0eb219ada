import { queryOptions } from "@tanstack/react-query";
import { analytics, tracker } from "../client.ts";
import type { Health } from "../model.ts";
import { refusal, unreachable, unwrap } from "../api-error.ts";

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
    const answer = await analytics.GET("/health", { signal }).catch(unreachable);
    const health: unknown = answer.data ?? answer.error;
    if (typeof health === "object" && health !== null && "workers" in health) return health as Health;
    throw refusal(answer.response, health);
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

/** What traces held and the ledger did not take, of the last thirty days. */
export const leftOutQuery = queryOptions({
  queryKey: ["left-out"],
  queryFn: ({ signal }) => unwrap(analytics.GET("/left-out", { signal })),
});

/** What was refused only after its sender had an answer, newest first; for admins. */
export const rejectionsQuery = queryOptions({
  queryKey: ["rejections"],
  queryFn: ({ signal }) => unwrap(tracker.GET("/admin/rejections", { signal, params: { query: { limit: 20 } } })),
});

/** A job that an admin may run by hand; the cron's next run does the same. */
export type HandJob = "verify" | "reprice";

/** Runs one job now, in its usual bounded portions. */
export function runJob(job: HandJob) {
  const paths = { verify: "/admin/verify", reprice: "/admin/reprice" } as const;
  return unwrap(tracker.POST(paths[job]));
}

/** Moves old sessions to the archive, in the cron's portions, or says what would move. */
export function runArchive({ isDryRun }: { isDryRun: boolean }) {
  return unwrap(tracker.POST("/admin/archive", { body: { dry_run: isDryRun } }));
}
