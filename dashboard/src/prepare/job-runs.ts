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
    .flatMap(([name, value]) => {
      const words = name.replace(/^is_/, "").replaceAll("_", " ");
      if (typeof value === "boolean") return value ? [words] : [];
      // A moment stands there as the ledger counts it, in unix milliseconds.
      if (typeof value === "number" && value >= 1e12) return [`${words} ${new Date(value).toISOString().slice(0, 10)}`];
      return typeof value === "number" || typeof value === "string" ? [`${words} ${value}`] : [];
    })
    .join(" · ");
}
