import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type CacheLifetime, cacheLifetimesQuery, setCacheLifetime } from "../../api/queries/accuracy.ts";
import { flagsOvertaken, lifetimeNames, ofSource } from "../../prepare/cache-lifetimes.ts";
import { zoneMidnight, zoneTime } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Choice, Segmented } from "../../ui/segmented.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { RerateOffer } from "../prices/rerate-offer.tsx";

const lifetimes = [
  { value: "1h", name: "1 hour" },
  { value: "5m", name: "5 minutes" },
  { value: "unknown", name: "Not known" },
] as const;
const sources: readonly { value: CacheLifetime["source"]; name: string }[] = [
  { value: "langfuse", name: "LibreChat" },
  { value: "otel", name: "OpenTelemetry" },
  { value: "api", name: "Events by API" },
];
const sourceName = (source: CacheLifetime["source"]) => sources.find(({ value }) => value === source)?.name ?? source;

/** How long written caches live, by sender and from a day on, where nothing in a call tells. */
export function CacheLifetimes() {
  const { timeZone, calendar } = useSlice();
  const settings = useQuery(cacheLifetimesQuery);
  const client = useQueryClient();
  const [source, setSource] = useState<CacheLifetime["source"]>("langfuse");
  const [lifetime, setLifetime] = useState<CacheLifetime["lifetime"]>("1h");
  const change = useMutation({
    mutationFn: async (wish: { body: CacheLifetime; firstDay: string; before: readonly CacheLifetime[] }) => ({ wish, after: await setCacheLifetime(wish.body) }),
    onSuccess: ({ after }) => client.setQueryData(cacheLifetimesQuery.queryKey, after),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const day = String(new FormData(event.currentTarget).get("from") ?? "");
    change.mutate({
      body: { source, lifetime, valid_from: day === "" ? null : zoneMidnight(day, timeZone) },
      firstDay: day === "" ? (calendar.firstDay ?? calendar.today) : day,
      before: settings.data?.items ?? [],
    });
  };
  return (
    <Panel query={settings} title="How long written caches live" minHeight={120}>
      {({ items }) => (
        <>
          <p className="max-w-prose text-sm text-muted">Anthropic and Bedrock charge more for a cache that lives an hour than for one of five minutes, and LibreChat's messages have one number for both. LibreChat writes for an hour by default; if yours is set otherwise, say so here.</p>
          <ul className="flex flex-col gap-1 text-sm" aria-label="What is set">
            {sources.flatMap(({ value }) =>
              ofSource(items, value).map((item) => (
                <li key={`${value}/${item.valid_from ?? ""}`}>
                  {sourceName(value)}: <strong>{lifetimeNames[item.lifetime]}</strong> {item.valid_from === null ? "from the beginning" : `since ${zoneTime(item.valid_from, timeZone, "day")}`}
                </li>
              )),
            )}
          </ul>
          <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
            <Choice label="Sender" options={sources} value={source} onChange={setSource} showLabel />
            <Segmented label="Lifetime" options={lifetimes} value={lifetime} onChange={setLifetime} />
            <TextField label="From, or empty for always" name="from" type="date" className="max-w-56" />
            <Button look="primary" type="submit" disabled={change.isPending}>
              {change.isPending ? "Saving…" : "Save"}
            </Button>
          </form>
          {change.error !== null && (
            <p role="alert" className="text-sm text-danger">
              Nothing was changed. {change.error.message}
            </p>
          )}
          {change.data !== undefined && <Offers key={change.submittedAt} {...change.data.wish} />}
        </>
      )}
    </Panel>
  );
}

/** What was recorded with another lifetime keeps its estimate until it is asked for. */
function Offers({ body, firstDay, before }: { body: CacheLifetime; firstDay: string; before: readonly CacheLifetime[] }) {
  const { today } = useSlice();
  const flags = flagsOvertaken(before, body);
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-3" data-testid="lifetime-offers">
      <p role="status" className="text-sm text-good">
        Saved. It holds for what arrives, within 30 seconds.
      </p>
      {flags.length > 0 && <p className="max-w-prose text-sm text-muted">What is recorded keeps its estimate. Calls that told their lifetime themselves are right already; the others can be estimated again:</p>}
      {flags.map((flag) => (
        <RerateOffer
          key={flag}
          wish={{ start_date: firstDay, end_date: today, flag, reason: `cache writes of ${sourceName(body.source)}: ${lifetimeNames[body.lifetime]}`, dry_run: false }}
          label={flag === "cache_lifetime_assumed" ? "See what was assumed" : "See what was set before"}
        />
      ))}
    </div>
  );
}
