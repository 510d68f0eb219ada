import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { changeOverride, type Override, pricesKey, reprice, tryOverride, type Unpriced } from "../../api/queries/prices.ts";
import { groupListQuery } from "../../api/queries/stats.ts";
import { dayLabel } from "../../prepare/day.ts";
import { modelName, resourceName } from "../../prepare/group-name.ts";
import { isRate, mergeTrials } from "../../prepare/price-trial.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { zoneMidnight } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Modal } from "../../ui/modal.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { TrialText } from "./trial-text.tsx";

const per = 1_000_000;
/** What every model charges; the other token types are asked for only where they were used. */
const usual = ["input", "output"];
const others = ["cache_read", "cache_write_5m", "cache_write_1h", "reasoning", "audio_in", "audio_out", "image_in", "image_out"];

type AddPriceProps = { unpriced: Unpriced; onClose: () => void; onDone: (text: string) => void };

/** Says what a model costs: the rates, a dry run over what was used, and only then the change. */
export function AddPrice({ unpriced, onClose, onDone }: AddPriceProps) {
  const { timeZone } = useSlice();
  const client = useQueryClient();
  const { provider, model, first_day, last_day, unpriced_count } = unpriced;
  const usage = useQuery(groupListQuery("models", { start_date: first_day, end_date: last_day, provider, model, type: unpriced.type, limit: 1 }));
  const tokens: Record<string, number> = { ...usage.data?.total.tokens };
  const asked = [...usual, ...others.filter((resource) => (tokens[resource] ?? 0) > 0)];
  const [rates, setRates] = useState<Readonly<Record<string, string>>>({});
  const [from, setFrom] = useState(first_day);
  const [reason, setReason] = useState("");
  const given = asked.filter((resource) => isRate(rates[resource] ?? ""));
  const bodies = given.map((resource): Override => ({ provider, ...(model === "" ? {} : { model }), resource_type: resource, rate: rates[resource] ?? "", per, valid_from: zoneMidnight(from, timeZone), reason: reason.trim() }));
  const wrong = asked.filter((resource) => (rates[resource] ?? "") !== "" && !isRate(rates[resource] ?? ""));
  const missing = Object.keys(tokens).filter((resource) => resource !== "total" && (tokens[resource] ?? 0) > 0 && !given.includes(resource));
  const change = useMutation({
    mutationFn: async () => {
      // One after the other: each is a change of its own in the book, with the same reason.
      for (const body of bodies) await changeOverride(body);
      await reprice();
    },
    onSuccess: async () => {
      await Promise.all([client.invalidateQueries({ queryKey: pricesKey }), client.invalidateQueries({ predicate: ({ meta }) => meta?.live === true })]);
      onDone(`${modelName(model, provider)} has a price from ${dayLabel(from, "withYear")} on, and its ${plural(unpriced_count, "interaction")} were estimated again.`);
    },
  });
  const trial = useMutation({ mutationFn: async () => mergeTrials(await Promise.all(bodies.map(tryOverride))) });
  const review = (event: FormEvent) => {
    event.preventDefault();
    if (given.length > 0 && wrong.length === 0 && reason.trim() !== "") trial.mutate();
  };
  return (
    <Modal title={`Price of ${modelName(model, provider)}`} isOpen onClose={onClose} placement="edge">
      {trial.data !== undefined ? (
        <div className="flex flex-col gap-3 text-sm">
          <p data-testid="dry-run">
            <strong>Dry run.</strong> <TrialText trial={trial.data} /> Nothing has been written yet.
          </p>
          <DataTable
            caption="The prices, and what was used so far"
            rows={given}
            rowKey={(resource) => resource}
            columns={[
              { key: "what", name: "What", cell: resourceName },
              { key: "quantity", name: "Tokens used", numeric: true, cell: (resource) => count(tokens[resource] ?? 0) },
              { key: "rate", name: "Price / 1M", numeric: true, cell: (resource) => `$${rates[resource] ?? ""}` },
            ]}
          />
          <p className="text-xs text-muted">From {dayLabel(from, "withYear")} on; estimates that were made with a price stay as they are.{missing.length > 0 && ` No price is given for ${missing.map(resourceName).join(", ").toLowerCase()}: such interactions stay priced in part.`}</p>
          {change.error !== null && (
            <p role="alert" className="text-danger">
              {change.error.message}
            </p>
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={() => trial.reset()}>Back</Button>
            <Button look="primary" disabled={change.isPending} onClick={() => change.mutate()}>
              Set {plural(given.length, "price")}
            </Button>
          </div>
        </div>
      ) : (
        <form className="flex flex-col gap-3" onSubmit={review}>
          <p className="text-sm text-muted">
            In USD for 1 million tokens, for {provider || "no provider"}/{model || "no model"}. Empty means: still unknown. 0 means: free.
          </p>
          <div className="grid gap-3 sm:grid-cols-2">
            {asked.map((resource) => (
              <TextField key={resource} label={resourceName(resource)} inputMode="decimal" value={rates[resource] ?? ""} onChange={(event) => setRates({ ...rates, [resource]: event.target.value.trim() })} hint={(tokens[resource] ?? 0) > 0 ? `${count(tokens[resource] ?? 0)} used` : "none used"} error={wrong.includes(resource) ? "A plain decimal, such as 0.25." : null} />
            ))}
          </div>
          <TextField label="From" type="date" required value={from} onChange={(event) => setFrom(event.target.value)} hint={`At the start of that day, ${timeZone}. First seen ${dayLabel(first_day, "withYear")}.`} />
          <TextField label="Reason, kept with the change" required maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} placeholder="Where the price is from" />
          {trial.error !== null && (
            <p role="alert" className="text-sm text-danger">
              {trial.error.message}
            </p>
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button look="primary" type="submit" disabled={trial.isPending || given.length === 0 || wrong.length > 0 || reason.trim() === "" || from === ""}>
              {trial.isPending ? "Trying…" : "Dry run"}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
