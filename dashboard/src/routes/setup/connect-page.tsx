import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { createKey } from "../../api/queries/keys.ts";
import { watermarkQuery } from "../../api/queries/ledger.ts";
import { addressFrom, environmentLines, type Place } from "../../prepare/connection.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { useCaller } from "../../api/caller.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { CacheLifetimes } from "./cache-lifetimes.tsx";
import { KeyUses } from "./key-uses.tsx";
import { NewKeyNote } from "./new-key.tsx";

/** How often the page looks for an event. */
const lookMs = 5_000;

/** Three lines in LibreChat's environment, and a light that turns green when an event arrives while the page is open. */
export function ConnectPage(): ReactElement {
  const [before, setBefore] = useState<string | null | undefined>(undefined);
  const mark = useQuery({ ...watermarkQuery, refetchInterval: lookMs });
  const create = useMutation({ mutationFn: () => createKey({ name: "LibreChat", scopes: ["ingest"] }) });
  const { mayChange } = useCaller({ asks: true });
  const [place, setPlace] = useState<Place>("same");
  const as_of = mark.data?.as_of;
  // What was there when the page was opened may be the sample, or another installation's.
  if (before === undefined && as_of !== undefined) setBefore(as_of);
  const hasArrived = as_of != null && before !== undefined && as_of !== before;
  const lines = environmentLines(addressFrom(place, window.location.origin), create.data ?? null);
  return (
    <>
      <PageHeader title="Connect LibreChat" name="Connect LibreChat" hasSlice={false} />
      <Arrival hasArrived={hasArrived} asOf={as_of ?? null} timeZone={mark.data?.reporting_time_zone ?? "UTC"} />
      {create.data !== undefined && <NewKeyNote made={create.data} />}
      <section className="card flex flex-col gap-3 p-4">
        <h2 className="text-base font-semibold">1. Put three lines into LibreChat's environment</h2>
        <p className="text-sm text-muted">LibreChat speaks to a Langfuse server; Tokentill takes the same messages. Prompts and answers in them are skipped while reading: never stored, never logged.</p>
        <div>
          <Segmented label="Where LibreChat runs" options={placeNames} value={place} onChange={setPlace} />
        </div>
        <p className="text-sm text-muted">{placeNotes[place]}</p>
        {/* A block that scrolls must be reachable by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className="overflow-x-auto rounded-control bg-hover p-3 font-mono text-xs" tabIndex={0} aria-label="Lines for LibreChat's environment" data-testid="environment">
          {lines}
        </pre>
        <div className="flex flex-wrap items-center gap-2">
          {create.data === undefined && mayChange && (
            <Button look="primary" disabled={create.isPending} onClick={() => create.mutate()}>
              Make a key for LibreChat
            </Button>
          )}
          {create.data === undefined ? <span className="text-sm text-muted">{mayChange ? "The lines can be copied once they have a key." : "Making a key needs a sign-in with scope admin."}</span> : <CopyButton text={lines} label="Copy the lines" />}
          {create.error !== null && (
            <span role="alert" className="text-sm text-danger">
              {create.error.message}
            </span>
          )}
        </div>
      </section>
      <section className="card flex flex-col gap-2 p-4">
        <h2 className="text-base font-semibold">2. Restart LibreChat and send a message</h2>
        <p className="text-sm text-muted">
          The chat appears under <Link to="/sessions" className="link">Sessions</Link> with its cost a few seconds after its answer. A retry never counts twice.
        </p>
      </section>
      {mayChange && <CacheLifetimes />}
      {mayChange && <KeyUses lookMs={lookMs} timeZone={mark.data?.reporting_time_zone ?? "UTC"} />}
      <section className="card flex flex-col gap-2 p-4">
        <h2 className="text-base font-semibold">
          3. Names instead of ids <Badge>optional</Badge>
        </h2>
        <p className="text-sm text-muted">LibreChat names a user by an internal id of 24 digits. Newer versions send another field in its place, set in <code>librechat.yaml</code>:</p>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className="overflow-x-auto rounded-control bg-hover p-3 font-mono text-xs" tabIndex={0} aria-label="Lines for librechat.yaml">
          {"langfuse:\n  trace:\n    userIdField: email"}
        </pre>
      </section>
      <section className="card flex flex-col gap-2 p-4">
        <h2 className="text-base font-semibold">
          More than chats <Badge>optional</Badge>
        </h2>
        <p className="text-sm text-muted">
          Database operations and API calls come with LibreChat's own OpenTelemetry traces, sent to <code>{window.location.origin}/v1/traces</code>; anything else can be posted as an event. The <a className="link" href="/docs">API docs</a> have every field.
        </p>
      </section>
    </>
  );
}

const placeNames: readonly { value: Place; name: string }[] = [
  { value: "same", name: "Same machine" },
  { value: "docker", name: "In Docker" },
  { value: "elsewhere", name: "Elsewhere" },
];

const placeNotes: Record<Place, string> = {
  same: "LibreChat runs on this server's machine, outside of a container.",
  docker: "A container does not reach its host as 127.0.0.1. On Linux, LibreChat's service also needs extra_hosts: [\"host.docker.internal:host-gateway\"], and this server must listen on more than the loopback address (make dev LISTEN=0.0.0.0).",
  elsewhere: "LibreChat's machine must reach this address: put the public one here if you opened this page by another.",
};

/** Whether anything has arrived since the page was opened, and what arrived last before. */
function Arrival({ hasArrived, asOf, timeZone }: { hasArrived: boolean; asOf: string | null; timeZone: string }) {
  return (
    <section className="card flex flex-wrap items-center gap-4 p-4" data-testid="connection" data-connected={hasArrived}>
      <span className={`rounded-full p-2 ${hasArrived ? "bg-good-surface text-good" : "bg-hover text-muted"}`}>
        <Icon name={hasArrived ? "check" : "connect"} size={22} />
      </span>
      <div role="status">
        <p className="font-semibold">{hasArrived ? "An event has arrived" : "Waiting for an event…"}</p>
        <p className="text-sm text-muted">
          {hasArrived
            ? `It came ${zoneTime(asOf ?? "", timeZone, "full")}: the lines work.`
            : `This page looks every five seconds and turns green when one arrives.${asOf === null ? "" : ` The newest so far came ${zoneTime(asOf, timeZone, "full")}, from whatever sends here already: a sample counts too.`}`}
        </p>
      </div>
      {hasArrived && (
        <Link to="/sessions" className={buttonClass("primary", "ml-auto")}>
          See it
        </Link>
      )}
    </section>
  );
}
