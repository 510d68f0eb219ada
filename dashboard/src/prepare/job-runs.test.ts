import { expect, test } from "vitest";
import type { JobRun } from "../api/model.ts";
import { jobHistories, runSummary } from "./job-runs.ts";

const run = (job: string, at: string, status: JobRun["status"] = "ok", more: Partial<JobRun> = {}): JobRun => ({ job, worker: "pricing-sync", scheduled_time: at, status, attempt: 1, started_at: at, finished_at: at, error: null, summary: {}, ...more });

test("runs stand by job in the order of time, and a job that failed last comes first", () => {
  const histories = jobHistories([run("archive", "2"), run("sync", "3", "failed"), run("sync", "1"), run("archive", "1", "failed")], 30);
  expect(histories.map(({ job, runs }) => [job, runs.map(({ started_at }) => started_at)])).toEqual([["sync", ["1", "3"]], ["archive", ["1", "2"]]]);
});

test("only the latest runs of a job are kept, and no runs are no jobs", () => {
  expect(jobHistories([run("a", "1"), run("a", "2"), run("a", "3")], 2)[0]?.runs.map(({ started_at }) => started_at)).toEqual(["2", "3"]);
  expect(jobHistories([], 5)).toEqual([]);
  expect(jobHistories([run("b", "1"), run("a", "1")], 2).map(({ job }) => job)).toEqual(["a", "b"]);
});

test("a run says what it did, or why it failed", () => {
  expect(runSummary(run("a", "1", "ok", { summary: { rows_closed: 3, dry_run: false, is_pass_finished: true, cutoff: Date.UTC(2025, 10, 25), list: [1], note: "x" } }))).toBe("rows closed 3 · pass finished · cutoff 2025-11-25 · note x");
  expect(runSummary(run("a", "1", "failed", { error: "no answer" }))).toBe("no answer");
});
