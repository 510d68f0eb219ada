import { useRouterState } from "@tanstack/react-router";

/** What narrows a page beside its period. */
const narrowing = ["f", "tenant", "q", "status", "min", "unpriced"];

/** Whether the address narrows the page by anything but its period. */
export function useIsFiltered(): boolean {
  return useRouterState({ select: ({ location }) => narrowing.some((name) => (location.search as Record<string, unknown>)[name] !== undefined) });
}
