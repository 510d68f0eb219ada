import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { createKey } from "../../api/queries/keys.ts";
import { watermarkQuery } from "../../api/queries/ledger.ts";
import { environmentLines } from "../../prepare/connection.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { useCaller } from "../../api/caller.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { NewKeyNote } from "./new-key.tsx";

/** How often the page looks for the first event. */
const lookMs = 5_000;

/** Three lines in LibreChat's environment, and a light that turns green at the first event. */
export function ConnectPage(): ReactElement {
  const mark = useQuery({ ...watermarkQuery, refetchInterval: ({ state }) => (state.data?.as_of === null ? lookMs : false) });
  const create = useMutation({ mutationFn: () => createKey({ name: "LibreChat", scopes: ["ingest"] }) });
  const { mayChange } = useCaller({ asks: true });
  const as_of = mark.data?.as_of ?? null;
  const lines = environmentLines(window.location.origin, create.data ?? null);
  return (
    <>
      <PageHeader title="Connect LibreChat" name="Connect LibreChat" hasSlice={false} />
      <section className="card flex flex-wrap items-center gap-4 p-4" data-testid="connection" data-connected={as_of !== null}>
        <span className={`rounded-full p-2 ${as_of === null ? "bg-hover text-muted" : "bg-good-surface text-good"}`}>
          <Icon name={as_of === null ? "connect" : "check"} size={22} />
        </span>
        <div role="status">
          <p className="font-semibold">{as_of === null ? "Waiting for the first event…" : "Connected"}</p>
          <p className="text-sm text-muted">{as_of === null ? "This page looks every five seconds and turns green when it arrives." : `The newest interaction arrived ${zoneTime(as_of, mark.data?.reporting_time_zone ?? "UTC", "full")}.`}</p>
        </div>
        {as_of !== null && (
          <Link to="/overview" className={buttonClass("primary", "ml-auto")}>
            To the overview
          </Link>
        )}
      </section>
      {create.data !== undefined && <NewKeyNote made={create.data} />}
      <section className="card flex flex-col gap-3 p-4">
        <h2 className="text-base font-semibold">1. Put three lines into LibreChat's environment</h2>
        <p className="text-sm text-muted">LibreChat speaks to a Langfuse server; Tokentill takes the same messages. Prompts and answers in them are skipped while reading: never stored, never logged.</p>
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
          <CopyButton text={lines} label="Copy the lines" />
          {!mayChange && <span className="text-sm text-muted">Making a key needs a sign-in with scope admin.</span>}
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
      <section className="card flex flex-col gap-2 p-4">
        <h2 className="text-base font-semibold">
          More than chats <Badge>optional</Badge>
        </h2>
        <p className="text-sm text-muted">
          Database operations and API calls come with the <code>analytics-hook</code> middleware or with LibreChat's own OpenTelemetry traces sent to <code>{window.location.origin}/v1/traces</code>; anything else can be posted as an event. The <a className="link" href="/docs">API docs</a> have every field.
        </p>
      </section>
    </>
  );
}
