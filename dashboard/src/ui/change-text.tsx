import type { Change } from "../prepare/change.ts";

/** A change as text: its direction by sign and arrow, neutral in colour, since spending more is no error. */
export function ChangeText({ change, withAmount = false }: { change: Change; withAmount?: boolean }) {
  if (change.kind === "none") {
    return (
      <span className="text-faint" title={change.reason}>
        —<span className="sr-only"> {change.reason}</span>
      </span>
    );
  }
  const arrow = change.kind === "new" || change.direction === "up" ? "▲" : change.direction === "down" ? "▼" : "";
  return (
    <span className="whitespace-nowrap">
      {change.kind === "change" && arrow !== "" && (
        <span aria-hidden="true" className="mr-1 text-[0.7em] text-muted">
          {arrow}
        </span>
      )}
      {change.percent}
      {withAmount && <span className="text-muted"> {change.amount}</span>}
    </span>
  );
}
