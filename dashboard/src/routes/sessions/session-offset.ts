import { useSearch } from "@tanstack/react-router";

/** From which interaction on the session's table shows. */
export function useSessionOffset(): number {
  return useSearch({ from: "/shell/sessions/$sessionId" }).skip ?? 0;
}
