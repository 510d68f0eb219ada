import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { rerate, type RerateAnswer, type RerateRequest, reratesQuery, type RerateRun } from "../../api/queries/rerate.ts";
import { rangeLabel } from "../../prepare/day.ts";
import { sign } from "../../prepare/decimal.ts";
import { signedMoney } from "../../prepare/money.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { RerateChanges } from "./rerate-changes.tsx";

/** Estimates again what is recorded, by the prices as the book has them now for each moment: first the review, then the deed. */
export function RerateRuns({ mayChange }: { mayChange: boolean }) {
  const { timeZone, today } = useSlice();
  const runs = useQuery({ ...reratesQuery, enabled: mayChange });
  if (!mayChange) return <section className="card p-4 text-sm text-muted">Estimating again needs the role admin.</section>;
  return (
    <>
      <section className="card flex flex-col gap-3 p-4">
        <h2 className="text-base font-semibold">Estimate again</h2>
        <p className="max-w-prose text-sm text-muted">Estimates stay as they were made. After a price was corrected, or a field was given a meaning, what is recorded can be estimated again: every change is a new revision on its receipt, with your reason.</p>
        <RerateForm />
      </section>
      <Panel query={runs} title="Runs" minHeight={80}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-sm text-muted">None yet.</p>
          ) : (
            <DataTable
              caption="Runs that estimated again"
              rows={items}
              rowKey={({ id }) => String(id)}
              columns={[
                { key: "when", name: "Started", cell: ({ started_at }) => zoneTime(started_at, timeZone) },
                { key: "what", name: "What", cell: ({ filter }) => filterText(filter, today) },
                { key: "why", name: "Why", from: "md", cell: ({ reason, requested_by }) => <span className="flex flex-col"><span>{reason}</span><span className="font-mono text-xs text-faint">{requested_by}</span></span> },
                { key: "count", name: "Changed", numeric: true, cell: ({ changed_count, examined_count, finished_at }) => <span className="inline-flex flex-wrap items-center justify-end gap-1">{finished_at === null && <Badge>under way</Badge>}{count(changed_count)} of {count(examined_count)}</span> },
                { key: "difference", name: "Difference", numeric: true, cell: ({ difference }) => signedMoney(difference) },
              ]}
            />
          )
        }
      </Panel>
    </>
  );
}

/** Which interactions a run was for, in words. */
function filterText({ start_date, end_date, provider, model, agent, user_id, price_state, flag }: RerateRun["filter"], today: string): string {
  const named = [provider, model, agent == null ? null : agent === "" ? "no agent" : agent, user_id, price_state, flag].filter((part) => part != null && part !== "");
  return [rangeLabel(start_date, end_date, today), ...named].join(" · ");
}

function RerateForm() {
  const { range } = useSlice();
  const client = useQueryClient();
  const [done, setDone] = useState<RerateAnswer | null>(null);
  const review = useMutation({ mutationFn: async (draft: RerateRequest) => ({ draft, would: await rerate({ ...draft, dry_run: true }) }) });
  const deed = useMutation({
    mutationFn: (draft: RerateRequest) => rerate(draft),
    onSuccess: async (answer) => {
      setDone(answer);
      review.reset();
      await Promise.all([client.invalidateQueries({ queryKey: reratesQuery.queryKey }), client.invalidateQueries({ predicate: ({ meta }) => meta?.live === true })]);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const optional = (name: "provider" | "model" | "user_id") => (text(name) === "" ? {} : { [name]: text(name) });
    setDone(null);
    review.mutate({ start_date: text("from"), end_date: text("to"), ...optional("provider"), ...optional("model"), ...optional("user_id"), reason: text("reason"), dry_run: false });
  };
  if (review.data !== undefined) {
    const { draft, would } = review.data;
    return (
      <div className="flex flex-col gap-3 text-sm" data-testid="rerate-review">
        <RerateChanges answer={would} />
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
    <form onSubmit={submit} className="flex max-w-3xl flex-col gap-3">
      {done !== null && (
        <p role="status" className="text-sm text-good">
          {plural(done.changes.changed_count, "interaction")} estimated again: {sign(done.changes.difference) === 0 ? "the sums are as before" : signedMoney(done.changes.difference)}.{!done.is_complete && " There is more: send the same again, or leave the rest to the next scheduled run."}
        </p>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField label="First day" name="from" type="date" required defaultValue={range.from} />
        <TextField label="Last day, included" name="to" type="date" required defaultValue={range.to} />
        <TextField label="Provider, if only one" name="provider" maxLength={64} />
        <TextField label="Model, if only one" name="model" maxLength={200} />
        <TextField label="User id, if only one" name="user_id" maxLength={128} />
        <TextField label="Reason, kept with each new estimate" name="reason" required maxLength={200} />
      </div>
      {review.error !== null && <Fault text={`Nothing was changed. ${review.error.message}`} />}
      <div>
        <Button look="primary" type="submit" disabled={review.isPending}>
          {review.isPending ? "Looking…" : "Review"}
        </Button>
      </div>
    </form>
  );
}

function Fault({ text }: { text: string }) {
  return (
    <p role="alert" className="text-sm text-danger">
      {text}
    </p>
  );
}
