import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "../api/api-error.ts";
import { type PanelState, panelState } from "../prepare/panel-state.ts";
import { cn } from "./class-names.ts";
import { PanelMessage, StaleNote } from "./panel-message.tsx";
import { Skeleton } from "./skeleton.tsx";
import { useIsFiltered } from "./use-is-filtered.ts";

type PanelProps<Data> = {
  title?: ReactNode;
  actions?: ReactNode;
  query: Pick<UseQueryResult<Data>, "data" | "error" | "isFetching" | "isPlaceholderData" | "dataUpdatedAt" | "refetch">;
  /** Whether the data says that there is nothing to show. */
  isEmpty?: (data: Data) => boolean;
  /** Whether the ledger never received anything, where the data knows. */
  ledgerIsEmpty?: (data: Data) => boolean;
  /** The height that the skeleton and the content share, so that nothing jumps. */
  minHeight?: number;
  className?: string;
  bare?: boolean;
  children: (data: Data) => ReactNode;
};

/** The state of a query as a panel sees it. */
function stateOf<Data>({ query, isEmpty, ledgerIsEmpty }: Pick<PanelProps<Data>, "query" | "isEmpty" | "ledgerIsEmpty">, isFiltered: boolean): PanelState {
  const { data, error, isFetching, dataUpdatedAt } = query;
  return panelState({
    hasData: data !== undefined,
    fetching: isFetching,
    error: error === null ? null : { name: error.name, message: error.message, ...(error instanceof ApiError ? { status: error.status, ...(error.problem === null ? {} : { requestId: error.problem.request_id }) } : {}) },
    updatedAt: dataUpdatedAt,
    isEmpty: data !== undefined && (isEmpty?.(data) ?? false),
    ledgerIsEmpty: data !== undefined && (ledgerIsEmpty?.(data) ?? false),
    isFiltered,
  });
}

/**
 * A card that shows data, or says honestly why it cannot. What answers another question than the one that
 * the page now asks stays in place while the answer is on its way, pale and marked as not of this heading.
 */
export function Panel<Data>({ title, actions, query, isEmpty, ledgerIsEmpty, minHeight, className, bare = false, children }: PanelProps<Data>) {
  const isFiltered = useIsFiltered();
  const state = stateOf({ query, ...(isEmpty === undefined ? {} : { isEmpty }), ...(ledgerIsEmpty === undefined ? {} : { ledgerIsEmpty }) }, isFiltered);
  const isOld = query.isPlaceholderData && query.data !== undefined;
  return (
    <section className={cn(bare ? "" : "card p-4", "flex min-w-0 flex-col gap-3", className)} data-state={state.kind} data-refreshing={state.kind === "ready" && state.refreshing ? "" : undefined} data-old={isOld ? "" : undefined} aria-busy={isOld || undefined}>
      {(title !== undefined || actions !== undefined) && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          {title !== undefined && <h2 className="text-base font-semibold">{title}</h2>}
          {actions !== undefined && <div className="flex flex-wrap items-center gap-2 print-hidden">{actions}</div>}
        </div>
      )}
      <div style={minHeight === undefined ? undefined : { minHeight }} className="panel-body flex min-w-0 flex-1 flex-col gap-3">
        {state.kind === "ready" && state.stale !== null && <StaleNote {...state.stale} retry={() => void query.refetch()} />}
        {state.kind === "ready" && query.data !== undefined ? children(query.data) : state.kind === "loading" ? <Skeleton height={minHeight ?? 96} /> : <PanelMessage state={state} retry={() => void query.refetch()} />}
      </div>
    </section>
  );
}
