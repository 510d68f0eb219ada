import { useMutation, useQueryClient } from "@tanstack/react-query";
import { jobsQuery, runArchive } from "../../api/queries/ledger.ts";
import { plural } from "../../prepare/quantity.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { Button } from "../../ui/button.tsx";
import { Modal } from "../../ui/modal.tsx";

/** Archival by hand: what would move is shown before anything does. */
export function ArchiveNow({ timeZone }: { timeZone: string }) {
  const client = useQueryClient();
  const look = useMutation({ mutationFn: () => runArchive({ isDryRun: true }) });
  const archive = useMutation({
    mutationFn: () => runArchive({ isDryRun: false }),
    onSuccess: () => client.invalidateQueries({ queryKey: jobsQuery.queryKey }),
  });
  const close = () => {
    look.reset();
    archive.reset();
  };
  const { status, summary } = archive.data ?? look.data ?? { status: "ok", summary: {} };
  const { cutoff = 0, session_count: sessions = 0, interaction_count: interactions = 0, is_more: isMore = false } = summary;
  const moved = `${plural(sessions, "session")} with ${plural(interactions, "interaction")}`;
  const problem = archive.error ?? look.error;
  return (
    <>
      <Button title="Moves sessions older than the retention to the archive" disabled={look.isPending} onClick={() => look.mutate()}>
        Archive now…
      </Button>
      <Modal title="Archive old sessions?" isOpen={look.data !== undefined || look.error !== null} onClose={close}>
        <p role="status" className="text-sm">
          {problem !== null ? <span className="text-danger">{problem.message}</span>
            : status === "running" ? "Another archival is under way."
            : archive.data !== undefined ? `${moved} moved.${isMore ? " More are left: the next run goes on." : ""}`
            : sessions === 0 ? `No session ended before ${zoneTime(new Date(cutoff).toISOString(), timeZone, "day")}: there is nothing to move.`
            : `${moved}, last active before ${zoneTime(new Date(cutoff).toISOString(), timeZone, "day")}, would move${isMore ? ", and more are left" : ""}.`}
        </p>
        <p className="text-sm text-muted">Totals stay as they are, and an archived session can still be opened.</p>
        <div className="flex justify-end gap-2">
          <Button onClick={close}>{archive.data === undefined && sessions > 0 ? "Leave them" : "Close"}</Button>
          {archive.data === undefined && sessions > 0 && (
            <Button look="primary" disabled={archive.isPending} onClick={() => archive.mutate()}>
              Archive
            </Button>
          )}
        </div>
      </Modal>
    </>
  );
}
