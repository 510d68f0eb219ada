import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { changeOverride, type Override, pricesKey, tryOverride } from "../../api/queries/prices.ts";
import { dayLabel } from "../../prepare/day.ts";
import { resourceName } from "../../prepare/group-name.ts";
import { isRate, mergeTrials } from "../../prepare/price-trial.ts";
import { unitPrice } from "../../prepare/receipt.ts";
import { zoneDay, zoneMidnight } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Button } from "../../ui/button.tsx";
import { Modal } from "../../ui/modal.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { RerateOffer } from "./rerate-offer.tsx";
import { TrialText } from "./trial-text.tsx";

/** What a price of one's own is set for. */
export type OverrideTarget = { provider: string; model: string; resource_type: string; region: string; service_tier: string; min_context: number; schedule: string; rate: string; per: number; from?: string; isOverride: boolean; isNew: boolean };

/** Sets a price of one's own, or takes it back: first what it will do, then the deed. */
export function OverrideDrawer({ target, onClose }: { target: OverrideTarget | null; onClose: () => void }) {
  if (target === null) return null;
  return (
    <Modal title={target.model === "" ? "Set a price" : `Price of ${target.model}`} isOpen onClose={onClose} placement="edge">
      <OverrideForm target={target} onClose={onClose} />
    </Modal>
  );
}

/** What the new price leaves as it was, and the offer to estimate that again from its day on. */
function PriceIsSet({ draft, onClose }: { draft: Override; onClose: () => void }) {
  const { today, timeZone, calendar } = useSlice();
  const since = typeof draft.valid_from === "string" ? zoneDay(draft.valid_from, timeZone) : (calendar.firstDay ?? today);
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p role="status" className="text-good">
        {draft.end === true ? "The price of your own has ended." : "The price is set."}
      </p>
      {since <= today && (
        <>
          <p className="text-muted">Estimates that were made with another price stay as they are. They can be made again, with your reason as a new revision on each receipt.</p>
          <RerateOffer wish={{ start_date: since, end_date: today, provider: draft.provider, ...(draft.model === undefined || draft.model === "" ? {} : { model: draft.model }), reason: draft.reason.slice(0, 200), dry_run: false }} label="See what estimating again would change" />
        </>
      )}
      <div className="flex justify-end">
        <Button onClick={onClose}>Done</Button>
      </div>
    </div>
  );
}

function OverrideForm({ target, onClose }: { target: OverrideTarget; onClose: () => void }) {
  const { today, timeZone } = useSlice();
  const client = useQueryClient();
  // What will be written, once the ledger has said what it would change.
  const trial = useMutation({ mutationFn: async (draft: Override) => ({ draft, would: mergeTrials([await tryOverride(draft)]) }) });
  const change = useMutation({
    mutationFn: changeOverride,
    onSuccess: () => client.invalidateQueries({ queryKey: pricesKey }),
  });
  const scope = { provider: target.provider, ...(target.model === "" ? {} : { model: target.model }), resource_type: target.resource_type, ...(target.region === "" ? {} : { region: target.region }), ...(target.service_tier === "standard" ? {} : { service_tier: target.service_tier }), ...(target.min_context === 0 ? {} : { min_context: target.min_context }), ...(target.schedule === "" ? {} : { schedule: target.schedule }) };
  const { isNew } = target;
  const [fault, setFault] = useState<string | null>(null);
  const review = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    if (!isRate(text("rate"))) return setFault("Give the price as a plain decimal, such as 0.25.");
    setFault(null);
    trial.mutate({ ...scope, ...(isNew ? { provider: text("provider"), model: text("model"), resource_type: text("resource") } : {}), rate: text("rate"), per: Number(text("per")), valid_from: zoneMidnight(text("from"), timeZone), reason: text("reason") });
  };
  if (change.data !== undefined && trial.data !== undefined) return <PriceIsSet draft={trial.data.draft} onClose={onClose} />;
  if (trial.data !== undefined) {
    const { draft, would } = trial.data;
    return (
      <div className="flex flex-col gap-3 text-sm">
        <p>
          {draft.end === true ? (
            <>The price of your own for <strong>{resourceName(draft.resource_type)}</strong> of {draft.model ?? draft.provider} ends now, and the lists' price resumes.</>
          ) : (
            <>
              <strong>{unitPrice({ rate: draft.rate ?? "", per: draft.per ?? 1 })}</strong> for {resourceName(draft.resource_type).toLowerCase()} of {draft.model || draft.provider} goes before every list from {String(draft.valid_from).slice(0, 10)} on{target.rate === "" ? "." : `; until then ${unitPrice(target)} holds.`}
            </>
          )}
        </p>
        <p data-testid="dry-run">
          <TrialText trial={would} />
        </p>
        <p className="text-muted">Nothing has been written yet. Estimates that were made with a price stay until you ask for them to be made again; what had none is priced by the next re-pricing run. Your reason is kept: “{draft.reason}”.</p>
        {change.error !== null && (
          <p role="alert" className="text-danger">
            {change.error.message}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={() => trial.reset()}>Back</Button>
          <Button look="primary" disabled={change.isPending} onClick={() => change.mutate(draft)}>
            {draft.end === true ? "End it" : "Set the price"}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form className="flex flex-col gap-3" onSubmit={review}>
      {isNew ? (
        <>
          <TextField label="Provider" name="provider" required maxLength={256} defaultValue={target.provider} placeholder="openai" />
          <TextField label="Model" name="model" maxLength={256} defaultValue={target.model} hint="Empty for what has no model." />
          <TextField label="Resource" name="resource" required maxLength={96} defaultValue={target.resource_type} hint="input, output, rows_read, operations, web_search, tool:<name>, …" />
        </>
      ) : (
        <p className="text-sm text-muted">
          {resourceName(target.resource_type)} of {target.provider}/{target.model}, now {unitPrice(target)}.
        </p>
      )}
      <TextField label="Price in USD" name="rate" required inputMode="decimal" defaultValue={target.rate} error={fault} />
      <TextField label={target.per === 1 ? "for how many of them" : "for how many tokens"} name="per" type="number" required min={1} defaultValue={target.per} hint={target.per === 1 ? "1: the price of one." : "1,000,000, as price lists give it."} />
      <TextField label="From" name="from" type="date" required defaultValue={target.from ?? today} hint={`At the start of that day, ${timeZone}.${target.from === undefined ? "" : ` First seen ${dayLabel(target.from, "withYear")}: from then on, all of it is priced.`}`} />
      <TextField label="Reason, kept with the change" name="reason" required maxLength={1000} />
      {trial.error !== null && (
        <p role="alert" className="text-sm text-danger">
          {trial.error.message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {target.isOverride && (
          <Button look="danger" className="mr-auto" disabled={trial.isPending} onClick={() => trial.mutate({ ...scope, end: true, reason: "ended in the dashboard" })}>
            End this price
          </Button>
        )}
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" type="submit" disabled={trial.isPending}>
          {trial.isPending ? "Trying…" : "Review"}
        </Button>
      </div>
    </form>
  );
}
