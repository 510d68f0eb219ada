/** Which of its states a panel is in. */
export type PanelState =
  | { kind: "loading" }
  | { kind: "ready"; refreshing: boolean; stale: { since: number; reason: string } | null }
  | { kind: "never" }
  | { kind: "filtered" }
  | { kind: "quiet" }
  | { kind: "forbidden"; reason: string }
  | { kind: "missing"; reason: string }
  | { kind: "offline" }
  | { kind: "error"; reason: string; requestId: string | null };

/** What is known about a panel's data. */
export type PanelFacts = {
  hasData: boolean;
  fetching: boolean;
  error: { name: string; message: string; status?: number; requestId?: string } | null;
  /** When the shown data arrived, unix milliseconds. */
  updatedAt: number;
  /** Whether the data says that there is nothing to show. */
  isEmpty: boolean;
  /** Whether the ledger never received anything, as far as is known. */
  ledgerIsEmpty: boolean;
  /** Whether anything but the period narrows what is shown. */
  isFiltered: boolean;
};

/** Old data beats an error; an empty ledger is told from empty days and from an empty filter; a refusal is no fault. */
export function panelState({ hasData, fetching, error, updatedAt, isEmpty, ledgerIsEmpty, isFiltered }: PanelFacts): PanelState {
  if (hasData) {
    if (isEmpty) return ledgerIsEmpty ? { kind: "never" } : isFiltered ? { kind: "filtered" } : { kind: "quiet" };
    return { kind: "ready", refreshing: fetching, stale: error === null ? null : { since: updatedAt, reason: error.message } };
  }
  if (error === null) return { kind: "loading" };
  if (error.status === 403) return { kind: "forbidden", reason: error.message };
  if (error.status === 404) return { kind: "missing", reason: error.message };
  if (error.name === "UnreachableError") return { kind: "offline" };
  return { kind: "error", reason: error.message, requestId: error.requestId ?? null };
}
