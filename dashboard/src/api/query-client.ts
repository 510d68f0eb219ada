import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError, UnreachableError } from "./api-error.ts";
import { remember } from "./browser-memory.ts";
import type { Me, Watermark } from "./model.ts";

/** Whether the reader is busy with something that a refresh would disturb. */
function readerIsBusy(): boolean {
  const selected = document.getSelection();
  return (selected !== null && !selected.isCollapsed) || document.querySelector('[role="dialog"]') !== null;
}

/** Once for a passing fault, never for a refusal. */
function retry(failures: number, error: Error): boolean {
  if (error instanceof ApiError) return error.status >= 500 && failures < 1;
  return error instanceof UnreachableError && failures < 1;
}

/** The cache of the API's answers; `onSignedOut` is called when the API no longer knows the caller. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const cache = new QueryCache({
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) onSignedOut();
    },
  });
  const client = new QueryClient({
    queryCache: cache,
    defaultOptions: { queries: { retry, retryDelay: 1_000, refetchOnWindowFocus: false, networkMode: "always", gcTime: 10 * 60_000 } },
  });
  followLedger(client, cache);
  return client;
}

/** What the next visit may show of the caller before it has asked. */
function rememberCaller(me: Me | undefined): void {
  if (me === undefined) return;
  remember("scopes", me.scopes.join(" "));
  remember("name", me.name);
}

/** When the watermark shows that the ledger moved, what is on the screen is asked for again. */
function followLedger(client: QueryClient, cache: QueryCache): void {
  let seen: string | null = null;
  cache.subscribe(({ type, query }) => {
    if (type !== "updated") return;
    if (query.queryKey[0] === "me") rememberCaller(query.state.data as Me | undefined);
    if (query.queryKey[0] !== "watermark") return;
    const mark = query.state.data as Watermark | undefined;
    if (mark === undefined) return;
    remember("zone", mark.reporting_time_zone);
    remember("first_day", mark.first_day ?? "");
    const version = `${mark.ledger_epoch}/${mark.ledger_version}/${mark.price_book_version}/${mark.reporting_hour}`;
    if (seen === null) seen = version;
    if (version === seen || readerIsBusy()) return;
    seen = version;
    void client.invalidateQueries({ predicate: ({ meta }) => meta?.live === true });
  });
}
