import { useSyncExternalStore } from "react";

const paper = () => window.matchMedia("print");

function subscribe(changed: () => void): () => void {
  const query = paper();
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Whether the page is being laid out for paper, where a table says more than a drawing. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => paper().matches);
}
