import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { rerateQuery, reratesQuery, type RerateRun } from "../../api/queries/rerate.ts";
import { rangeLabel } from "../../prepare/day.ts";
import { signedMoney } from "../../prepare/money.ts";
import { count } from "../../prepare/quantity.ts";
import { flagText } from "../../prepare/receipt.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Modal } from "../../ui/modal.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SelectField } from "../../ui/select-field.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { RerateChanges } from "./rerate-changes.tsx";
import { RerateReview, useRerate } from "./rerate-review.tsx";

/** Estimates again what is recorded, by the prices as the book has them now for each moment: first the review, then the deed. */
export function RerateRuns({ mayChange }: { mayChange: boolean }) {
  const { timeZone, today } = useSlice();
  const runs = useQuery({ ...reratesQuery, enabled: mayChange });
  const [shown, setShown] = useState<RerateRun | null>(null);
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
                { key: "act", name: <span className="sr-only">What it changed</span>, numeric: true, cell: (run) => <Button onClick={() => setShown(run)} aria-label={`Show what run ${run.id} changed`}>Show</Button> },
              ]}
            />
          )
        }
      </Panel>
      <Modal title={`Run ${shown?.id ?? ""}`} isOpen={shown !== null} onClose={() => setShown(null)} placement="edge">
        {shown !== null && <RunChanges id={shown.id} />}
      </Modal>
    </>
  );
}

/** What one run changed. */
function RunChanges({ id }: { id: number }) {
  const run = useQuery(rerateQuery(id));
  return (
    <Panel query={run} minHeight={200} bare className="text-sm">
      {({ changes, is_complete }) => <RerateChanges changes={changes} isComplete={is_complete} isDone />}
    </Panel>
  );
}

/** Which interactions a run was for, in words. */
function filterText({ start_date, end_date, provider, model, agent, user_id, price_state, flag }: RerateRun["filter"], today: string): string {
  const named = [provider, model, agent == null ? null : agent === "" ? "no agent" : agent, user_id, price_state, flag].filter((part) => part != null && part !== "");
  return [rangeLabel(start_date, end_date, today), ...named].join(" · ");
}

const states = [
  { value: "", name: "any" },
  { value: "priced", name: "priced" },
  { value: "partial", name: "priced in part" },
  { value: "unpriced", name: "no price" },
  { value: "declared", name: "stated by its sender" },
] as const;

/** The remarks by which estimates are worth another look. */
const flags = [
  { value: "", name: "any" },
  ...(["unread_usage", "cache_lifetime_assumed", "cache_lifetime_by_setting", "stale_price", "billed_as_input", "billed_as_output", "context_tier_missing", "implied_request", "total_differs", "hidden_reasoning"] as const).map((value) => ({ value, name: flagText(value) })),
];

function RerateForm() {
  const { range } = useSlice();
  const steps = useRerate();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const optional = (name: "provider" | "model" | "agent" | "user_id" | "flag") => (text(name) === "" ? {} : { [name]: text(name) });
    const price_state = states.find(({ value }) => value === text("price_state"))?.value ?? "";
    steps.review.mutate({ start_date: text("from"), end_date: text("to"), ...optional("provider"), ...optional("model"), ...optional("agent"), ...optional("user_id"), ...optional("flag"), ...(price_state === "" ? {} : { price_state }), reason: text("reason"), dry_run: false });
  };
  return (
    <RerateReview steps={steps}>
      <form onSubmit={submit} className="flex max-w-3xl flex-col gap-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField label="First day" name="from" type="date" required defaultValue={range.from} />
          <TextField label="Last day, included" name="to" type="date" required defaultValue={range.to} />
          <TextField label="Provider, if only one" name="provider" maxLength={64} />
          <TextField label="Model, if only one" name="model" maxLength={200} />
          <TextField label="Agent id, if only one" name="agent" maxLength={200} />
          <TextField label="User id, if only one" name="user_id" maxLength={128} />
          <SelectField label="Price state" name="price_state" options={states} />
          <SelectField label="Remark on the receipt" name="flag" options={flags} />
          <TextField label="Reason, kept with each new estimate" name="reason" required maxLength={200} className="sm:col-span-2" />
        </div>
        <div>
          <Button look="primary" type="submit" disabled={steps.review.isPending}>
            {steps.review.isPending ? "Looking…" : "Review"}
          </Button>
        </div>
      </form>
    </RerateReview>
  );
}
