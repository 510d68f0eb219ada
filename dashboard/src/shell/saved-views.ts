import { useSyncExternalStore } from "react";
import { parseViews, type SavedView } from "../prepare/saved-views.ts";

const storageKey = "tokentill.views";
const listeners = new Set<() => void>();
let views: readonly SavedView[] | null = null;

function current(): readonly SavedView[] {
  if (views === null) {
    try {
      views = parseViews(localStorage.getItem(storageKey));
    } catch {
      views = [];
    }
  }
  return views;
}

function changed(next: readonly SavedView[] | null): void {
  views = next;
  for (const listener of listeners) listener();
}

/** Keeps the list in this browser; a blocked storage keeps it until the page is closed. */
export function setSavedViews(next: readonly SavedView[]): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // The list still holds in memory.
  }
  changed(next);
}

/** Another tab's change counts here too. */
function onStorage({ key }: StorageEvent): void {
  if (key === storageKey || key === null) changed(null);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("storage", onStorage);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", onStorage);
  };
}

/** The views that this browser keeps. */
export function useSavedViews(): readonly SavedView[] {
  return useSyncExternalStore(subscribe, current);
}
