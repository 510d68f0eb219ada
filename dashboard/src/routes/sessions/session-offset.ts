import { useSearch } from "@tanstack/react-router";

/** From which interaction on the session's table shows. */
export function useSessionOffset(): number {
  const search = useSearch({ strict: false }) as { skip?: number };
  return search.skip ?? 0;
}
