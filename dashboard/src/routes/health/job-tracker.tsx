import type { JobRun } from "../../api/model.ts";
import { jobHistories, runSummary } from "../../prepare/job-runs.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { Badge } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";

const fills = { ok: "var(--color-good)", failed: "var(--color-danger)", running: "var(--color-accent)" };
const tones = { ok: "good", failed: "danger", running: "neutral" } as const;
const shown = 30;

/** Each job with its last runs as a row of marks, the newest at the right. */
export function JobTracker({ runs, timeZone }: { runs: readonly JobRun[]; timeZone: string }) {
  if (runs.length === 0) return <p className="text-sm text-muted">No scheduled job has run yet.</p>;
  return (
    <DataTable
      caption="Scheduled jobs"
      rows={jobHistories(runs, shown)}
      rowKey={({ job }) => job}
      columns={[
        { key: "job", name: "Job", cell: ({ job, worker }) => <span className="flex flex-col"><span>{job.replaceAll("_", " ")}</span><span className="text-xs text-faint">{worker}</span></span> },
        { key: "last", name: "Last run", cell: ({ last }) => <span className="inline-flex flex-wrap items-center gap-1.5"><Badge tone={tones[last.status]}>{last.status}</Badge>{zoneTime(last.started_at, timeZone)}</span> },
        {
          key: "history",
          name: "Runs",
          from: "sm",
          cell: ({ runs: own }) => (
            <svg role="img" aria-label={`${own.filter(({ status }) => status === "ok").length} of ${own.length} runs succeeded`} width={shown * 7} height={18}>
              {own.map((run, index) => (
                // A failed run is lower as well as red.
                <rect key={run.started_at} x={(shown - own.length + index) * 7} y={run.status === "failed" ? 8 : 1} width={5} height={run.status === "failed" ? 9 : 16} rx={1} fill={fills[run.status]} />
              ))}
            </svg>
          ),
        },
        { key: "did", name: "What it did", from: "md", cell: ({ last }) => <span className="text-xs text-muted">{runSummary(last)}</span> },
      ]}
    />
  );
}
