import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { rerate, type RerateRequest, reratesKey } from "../../api/queries/rerate.ts";
import { sign } from "../../prepare/decimal.ts";
import { signedMoney } from "../../prepare/money.ts";
import { plural } from "../../prepare/quantity.ts";
import { Button } from "../../ui/button.tsx";
import { RerateChanges } from "./rerate-changes.tsx";

/** The two steps of estimating again: a dry run, and the deed that it was shown for. */
export function useRerate() {
  const client = useQueryClient();
  const deed = useMutation({
    mutationFn: (draft: RerateRequest) => rerate(draft),
    onSuccess: async () => {
      review.reset();
      await Promise.all([client.invalidateQueries({ queryKey: reratesKey }), client.invalidateQueries({ predicate: ({ meta }) => meta?.live === true })]);
    },
  });
  const review = useMutation({
    mutationFn: async (draft: RerateRequest) => ({ draft, would: await rerate({ ...draft, dry_run: true }) }),
    onMutate: () => deed.reset(),
  });
  return { review, deed };
}

/** What was done, what would be, or how to begin: whichever the steps have come to. */
export function RerateReview({ steps: { review, deed }, children }: { steps: ReturnType<typeof useRerate>; children: ReactNode }) {
  if (review.data !== undefined) {
    const { draft, would } = review.data;
    return (
      <div className="flex flex-col gap-3 text-sm" data-testid="rerate-review">
        <RerateChanges changes={would.changes} isComplete={would.is_complete} isDone={false} />
        {deed.error !== null && <Fault text={`Nothing more was changed. ${deed.error.message}`} />}
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => review.reset()}>Leave them as they are</Button>
          {would.changes.changed_count > 0 && (
            <Button look="primary" disabled={deed.isPending} onClick={() => deed.mutate(draft)}>
              {deed.isPending ? "Estimating…" : `Estimate ${would.is_complete ? "" : "at least "}${plural(would.changes.changed_count, "interaction")} again`}
            </Button>
          )}
        </div>
      </div>
    );
  }
  return (
    <>
      {deed.data !== undefined && (
        <p role="status" className="text-sm text-good">
          {plural(deed.data.changes.changed_count, "interaction")} estimated again: {sign(deed.data.changes.difference) === 0 ? "the sums are as before" : signedMoney(deed.data.changes.difference)}.{!deed.data.is_complete && " There is more: send the same again, or leave the rest to the next scheduled run."}
        </p>
      )}
      {children}
      {review.error !== null && <Fault text={`Nothing was changed. ${review.error.message}`} />}
    </>
  );
}

function Fault({ text }: { text: string }) {
  return (
    <p role="alert" className="text-sm text-danger">
      {text}
    </p>
  );
}
