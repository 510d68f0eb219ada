import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { UnreachableError } from "../api/api-error.ts";
import { pollMs, watermarkQuery } from "../api/queries/ledger.ts";
import { ago } from "../prepare/quantity.ts";
import { zoneTime } from "../prepare/zone-time.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { setPreference, usePreference } from "./preference.ts";

/** The moment, every few seconds; only what reads it renders. */
function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Whether a question of the page got no answer. */
function useIsFailing(): boolean {
  const client = useQueryClient();
  const cache = client.getQueryCache();
  return useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () => cache.getAll().some((query) => query.isActive() && query.state.error instanceof UnreachableError),
  );
}

/** How fresh the numbers are, and the switch that stops them from changing. */
export function Freshness() {
  const isLive = usePreference("live") === "on";
  const { data, dataUpdatedAt, errorUpdatedAt, isError, refetch } = useQuery({ ...watermarkQuery, refetchInterval: isLive ? pollMs : false, refetchIntervalInBackground: false });
  const now = useNow(5_000);
  const missed = isLive && now - dataUpdatedAt > 3.5 * pollMs;
  // Whatever question of the page failed last: what is on the screen may be older than the stamp.
  const hasFailed = useIsFailing();
  const isStale = hasFailed || missed || (isError && errorUpdatedAt > dataUpdatedAt);
  const zone = data?.reporting_time_zone ?? "UTC";
  return (
    <div className="flex items-center gap-2 text-xs text-muted" data-testid="freshness">
      <span className="flex flex-wrap items-center gap-x-1.5">
        <span aria-hidden="true" className={cn("size-2 rounded-full", isStale ? "bg-warn" : isLive ? "bg-good" : "bg-series-other")} />
        {data === undefined ? "Not checked yet" : data.as_of === null ? "No data yet" : <time dateTime={data.as_of}>Data to {zoneTime(data.as_of, zone, data.as_of.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? "second" : "dayMinute")}</time>}
        <span className={isStale ? "text-warn" : ""}>
          {isStale ? (
            <>
              · not answered since {zoneTime(new Date(dataUpdatedAt).toISOString(), zone, "second")}
              <Button look="quiet" onClick={() => void refetch()}>
                Retry
              </Button>
            </>
          ) : (
            `· checked ${ago(Math.max(0, now - dataUpdatedAt))}`
          )}
        </span>
      </span>
      <Button onClick={() => setPreference("live", isLive ? "paused" : "on")} aria-label={isLive ? "Pause live updates" : "Resume live updates"}>
        <Icon name={isLive ? "pause" : "play"} size={14} />
        {isLive ? "Live" : "Paused"}
      </Button>
    </div>
  );
}
