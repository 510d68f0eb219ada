import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type HandJob, integrityQuery, jobsQuery, runJob } from "../../api/queries/ledger.ts";
import { Button } from "../../ui/button.tsx";
import { ArchiveNow } from "./archive-now.tsx";

const jobs: readonly { job: HandJob; name: string; title: string }[] = [
  { job: "verify", name: "Verify now", title: "Recounts the next slice of the ledger against its sums" },
  { job: "reprice", name: "Re-price now", title: "Estimates again what had no price when it happened and has one now" },
];

/** The scheduled jobs by hand, each in the portions that its cron takes. */
export function RunJob({ timeZone }: { timeZone: string }) {
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: runJob,
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: jobsQuery.queryKey }), client.invalidateQueries({ queryKey: integrityQuery.queryKey })]),
  });
  return (
    <>
      <span role="status" className="text-sm text-muted">
        {run.isPending && "Running…"}
        {run.error !== null && <span className="text-danger">{run.error.message}</span>}
        {run.data !== undefined && !run.isPending && (run.data.status === "running" ? `Another run of ${run.data.job} is under way.` : `${run.data.job}: done.`)}
      </span>
      {jobs.map(({ job, name, title }) => (
        <Button key={job} title={title} disabled={run.isPending} onClick={() => run.mutate(job)}>
          {name}
        </Button>
      ))}
      <ArchiveNow timeZone={timeZone} />
    </>
  );
}
