import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useCaller } from "../api/caller.ts";
import { watermarkQuery } from "../api/queries/ledger.ts";
import type { PanelState } from "../prepare/panel-state.ts";
import { dayLabel } from "../prepare/day.ts";
import { zoneDay, zoneTime } from "../prepare/zone-time.ts";
import { Button, buttonClass } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

/** What a panel says when it has nothing to show, with the way on. */
export function PanelMessage({ state, retry }: { state: PanelState; retry: () => void }) {
  switch (state.kind) {
    case "never":
      return <NothingYet />;
    case "filtered":
      return (
        <Message icon="filter" title="Nothing in this period with these filters" action={<Link to="." search={(before: object) => ({ ...before, f: undefined, tenant: undefined, q: undefined, status: undefined, min: undefined, unpriced: undefined, skip: undefined })} className={buttonClass()}>Clear filters</Link>}>
          The ledger has usage, but none here. Choose a longer period or clear the filters.
        </Message>
      );
    case "quiet":
      return <NothingOnTheseDays />;
    case "forbidden":
      return (
        <Message icon="key" title="This key may not see that" action={<Link to="/sign-in" className={buttonClass()}>Sign in with another key</Link>}>
          {state.reason}
        </Message>
      );
    case "missing":
      return (
        <Message icon="search" title="Not found" action={<Link to="/overview" className={buttonClass()}>To the overview</Link>}>
          {state.reason}
        </Message>
      );
    case "offline":
      return (
        <Message icon="warning" title="The server cannot be reached" action={<Button onClick={retry}>Try again</Button>}>
          Check the connection; nothing is lost, this page only reads.
        </Message>
      );
    case "error":
      return (
        <Message icon="warning" title="This could not be loaded" action={<Button onClick={retry}>Try again</Button>}>
          {state.reason}
          {state.requestId !== null && <span className="block text-xs text-faint">Request {state.requestId}</span>}
        </Message>
      );
    case "loading":
    case "ready":
      return null;
  }
}

/** No filter hides anything: nothing happened on these days, and the way leads to the last one with data. */
function NothingOnTheseDays() {
  const mark = useQuery({ ...watermarkQuery, enabled: false }).data;
  const last = mark === undefined || mark.as_of === null ? null : zoneDay(mark.as_of, mark.reporting_time_zone);
  return (
    <Message
      icon="overview"
      title="Nothing on these days"
      action={last === null ? undefined : <Link to="." search={(before: object) => ({ ...before, p: undefined, from: last, to: last, skip: undefined })} className={buttonClass()}>Go to the last day with data</Link>}
    >
      No usage was recorded in this period.{mark?.first_day != null && ` The first is of ${dayLabel(mark.first_day, "withYear")}.`}
    </Message>
  );
}

/** The ledger is empty: whoever can change that is led to where it is done. */
function NothingYet() {
  const { mayChange } = useCaller();
  if (!mayChange) {
    return (
      <Message icon="connect" title="Nothing has arrived yet">
        Usage appears here as soon as LibreChat has sent some.
      </Message>
    );
  }
  return (
    <Message icon="connect" title="Nothing has arrived yet" action={<Link to="/connect" className={buttonClass("primary")}>Connect LibreChat</Link>}>
      LibreChat sends its usage here as soon as three lines are in its environment: <code>LANGFUSE_BASE_URL</code>, <code>LANGFUSE_PUBLIC_KEY</code> and <code>LANGFUSE_SECRET_KEY</code>.
    </Message>
  );
}

function Message({ icon, title, action, children }: { icon: IconName; title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <div role="status" className="m-auto flex max-w-lg flex-col items-center gap-2 py-6 text-center">
      <span className="rounded-full bg-hover p-2.5 text-muted">
        <Icon name={icon} size={20} />
      </span>
      <p className="font-semibold">{title}</p>
      <p className="text-sm text-muted">{children}</p>
      {action}
    </div>
  );
}

/** Old data after a failed refresh: shown, with its time and a way to try again. */
export function StaleNote({ since, reason, retry }: { since: number; reason: string; retry: () => void }) {
  const timeZone = useQuery({ ...watermarkQuery, enabled: false }).data?.reporting_time_zone ?? "UTC";
  const time = zoneTime(new Date(since).toISOString(), timeZone, "second");
  return (
    <p role="status" className="flex flex-wrap items-center gap-2 rounded-control bg-warn-surface px-3 py-1.5 text-sm text-warn">
      <Icon name="warning" />
      Showing data loaded at {time}. {reason}
      <Button onClick={retry} className="ml-auto">
        Retry
      </Button>
    </p>
  );
}
