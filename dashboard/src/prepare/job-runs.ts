/** Runs of the scheduled jobs, grouped as a tracker shows them. */
import type { JobRun } from "../api/model.ts";

/** A job with its latest runs, oldest first as one reads. */
export type JobHistory = { job: string; worker: string; runs: JobRun[]; last: JobRun };

/** The runs by job, each job's oldest first, at most so many; jobs that failed last come first. */
export function jobHistories(runs: readonly JobRun[], atMost: number): JobHistory[] {
  const byJob = new Map<string, JobRun[]>();
  for (const run of runs) byJob.set(run.job, [...(byJob.get(run.job) ?? []), run]);
  const histories: JobHistory[] = [];
  for (const [job, all] of byJob) {
    const sorted = [...all].sort((a, b) => a.started_at.localeCompare(b.started_at)).slice(-atMost);
    const last = sorted.at(-1);
    if (last !== undefined) histories.push({ job, worker: last.worker, runs: sorted, last });
  }
  return histories.sort((a, b) => Number(b.last.status === "failed") - Number(a.last.status === "failed") || a.job.localeCompare(b.job));
}

/** What a run did, as short facts. */
export function runSummary({ summary, error }: JobRun): string {
  if (error !== null) return error;
  return Object.entries(summary)
    .filter(([, value]) => typeof value === "number" || typeof value === "string" || typeof value === "boolean")
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${String(value)}`)
    .join(" · ");
}
