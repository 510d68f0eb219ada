import { useSyncExternalStore } from "react";

let said = "";
const listeners = new Set<() => void>();

/** Says something to a screen reader: only what the reader caused, never a poll. */
export function announce(text: string): void {
  said = text;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The one polite live region of the page. */
export function Announcer() {
  const text = useSyncExternalStore(subscribe, () => said);
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
