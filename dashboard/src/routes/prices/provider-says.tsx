import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { type ReportedCost, reportedCostsQuery, type ReportedCostSetting, reportedSettingsQuery, setReportedCost } from "../../api/queries/accuracy.ts";
import { dayLabel, lastDays } from "../../prepare/day.ts";
import { rowMoney, signedMoney } from "../../prepare/money.ts";
import { count, plural, signedPercent } from "../../prepare/quantity.ts";
import { zoneMidnight, zoneTime } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SelectField } from "../../ui/select-field.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { RerateOffer } from "./rerate-offer.tsx";

const words: readonly { value: ReportedCostSetting["counts"]; name: string; says: string }[] = [
  { value: "provider", name: "what it reports itself", says: "its own amount counts" },
  { value: "any", name: "any amount that is stated", says: "any amount that is stated counts" },
  { value: "no", name: "nothing: the estimate counts", says: "the estimate counts" },
];

/** Where a provider's own amount differs from the estimates: a wrong price is noticed here first. */
export function ProviderSays({ mayChange }: { mayChange: boolean }) {
  const { today } = useSlice();
  const said = useQuery(reportedCostsQuery(lastDays(today, 90)));
  return (
    <>
      <Panel query={said} title="The provider says otherwise" minHeight={120}>
        {({ items, is_complete, period }) => <Findings items={items} isComplete={is_complete} start={period.start_date} end={period.end_date} mayChange={mayChange} />}
      </Panel>
      {mayChange && <WhoseWordCounts />}
    </>
  );
}

function Findings({ items, isComplete, start, end, mayChange }: { items: readonly ReportedCost[]; isComplete: boolean; start: string; end: string; mayChange: boolean }) {
  const findings = items.filter(({ is_finding }) => is_finding);
  const agreeing = items.length - findings.length;
  if (items.length === 0) return <p className="text-sm text-muted">No response of the last 90 days told what it cost. OpenRouter, xAI, Perplexity and gateways do; most providers do not.</p>;
  return (
    <>
      <p className="max-w-prose text-sm text-muted">
        Some responses tell what they cost. Here is where that differs from the estimates by more than 1%, by model and day: look at the price first, then at how the counts were read.{agreeing > 0 && ` On ${plural(agreeing, "other day of a model", "other days of a model")} the two agree.`}
      </p>
      {findings.length === 0 ? (
        <p className="text-sm text-good">Wherever a provider says what it billed, the estimates agree.</p>
      ) : (
        <DataTable
          caption="Where the provider says otherwise"
          rows={findings}
          rowKey={({ day, provider, model }) => `${day}/${provider}/${model}`}
          columns={[
            {
              key: "model",
              name: "Model",
              cell: ({ provider, model }) => (
                <span className="flex flex-col">
                  <Link to="/prices" search={(old: object) => ({ ...old, tab: "rates" as const, q: `${provider}/${model}` })} className="link truncate" data-row-link>
                    {model || "no model"}
                  </Link>
                  <span className="text-xs text-faint">{provider}</span>
                </span>
              ),
            },
            {
              key: "day",
              name: "Day",
              cell: ({ day, provider, model }) => (
                <Link to="/models/$modelId" params={{ modelId: `${provider}/${model}` }} search={(old: object) => ({ ...old, from: day, to: day, p: undefined })} className="link whitespace-nowrap">
                  {dayLabel(day, "withYear")}
                </Link>
              ),
            },
            { key: "said", name: "It says", numeric: true, from: "sm", cell: ({ reported_cost }) => rowMoney(reported_cost) },
            { key: "estimated", name: "Estimated", numeric: true, from: "sm", cell: ({ estimated_cost }) => rowMoney(estimated_cost) },
            { key: "difference", name: "Difference", numeric: true, cell: ({ difference, ratio }) => <span className="flex flex-col items-end"><span>{signedMoney(difference)}</span><span className="text-xs text-faint">{ratio === null ? "" : signedPercent(ratio)}</span></span> },
            {
              key: "example",
              name: "Interactions",
              numeric: true,
              from: "sm",
              cell: ({ interaction_count, example_id }) => (
                <span className="flex flex-col items-end">
                  <span>{count(interaction_count)}</span>
                  <Link to="/interactions/$interactionId" params={{ interactionId: example_id }} className="link text-xs">
                    one of them
                  </Link>
                </span>
              ),
            },
          ]}
        />
      )}
      {!isComplete && <p className="text-sm text-muted">There is more than this list holds.</p>}
      {mayChange && findings.length > 0 && <RerateOffer wish={{ start_date: start, end_date: end, price_state: "priced", reason: "prices were corrected", dry_run: false }} label="See what today's prices would change" />}
    </>
  );
}

/** The switch by provider: from a day on, its own amounts stand in the estimates' place, or do not. */
function WhoseWordCounts() {
  const { timeZone, calendar } = useSlice();
  const settings = useQuery(reportedSettingsQuery);
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: async (wish: { body: ReportedCostSetting; firstDay: string }) => ({ wish, after: await setReportedCost(wish.body) }),
    onSuccess: ({ after }) => client.setQueryData(reportedSettingsQuery.queryKey, after),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const counts = words.find(({ value }) => value === text("counts"))?.value ?? "no";
    const day = text("from");
    change.mutate({ body: { provider: text("provider"), counts, valid_from: day === "" ? null : zoneMidnight(day, timeZone) }, firstDay: day === "" ? (calendar.firstDay ?? calendar.today) : day });
  };
  const done = change.data?.wish;
  return (
    <Panel query={settings} title="Whose word counts" minHeight={80}>
      {({ items }) => (
        <>
          <p className="max-w-prose text-sm text-muted">An amount that a provider reports is kept beside the estimate and never in its place, unless you say so: for a gateway, or a key of your own whose price no list knows. The receipt then says whose word it is.</p>
          {items.length > 0 && (
            <ul className="flex flex-col gap-1 text-sm" aria-label="What is set">
              {items.map(({ provider, counts, valid_from }) => (
                <li key={`${provider}/${valid_from ?? ""}`}>
                  {provider}: <strong>{words.find(({ value }) => value === counts)?.says ?? counts}</strong> {valid_from === null ? "from the beginning" : `since ${zoneTime(valid_from, timeZone, "day")}`}
                </li>
              ))}
            </ul>
          )}
          <form onSubmit={submit} className="grid max-w-3xl items-end gap-3 sm:grid-cols-4">
            <TextField label="Provider" name="provider" required maxLength={64} placeholder="openrouter" />
            <SelectField label="What counts" name="counts" options={words} defaultValue="provider" />
            <TextField label="From, or empty for always" name="from" type="date" />
            <div>
              <Button look="primary" type="submit" disabled={change.isPending}>
                {change.isPending ? "Saving…" : "Save"}
              </Button>
            </div>
          </form>
          {change.error !== null && (
            <p role="alert" className="text-sm text-danger">
              Nothing was changed. {change.error.message}
            </p>
          )}
          {done !== undefined && (
            <div key={change.submittedAt} className="flex flex-col gap-2 border-t border-line pt-3">
              <p role="status" className="text-sm text-good">
                Saved. It holds for what arrives, within 30 seconds; what is recorded keeps its estimate until it is estimated again.
              </p>
              <RerateOffer wish={{ start_date: done.firstDay, end_date: calendar.today, provider: done.body.provider, reason: `reported costs of ${done.body.provider}: ${done.body.counts}`, dry_run: false }} label={`See what it changes of ${done.body.provider}`} />
            </div>
          )}
        </>
      )}
    </Panel>
  );
}
