import type { IconName } from "../ui/icon.tsx";
import type { Caller } from "../api/caller.ts";

/** A page of the sidebar and the command menu; `needs` says which callers have a use for it. */
export type Page = { to: string; name: string; icon: IconName; key?: string; needs?: "all" | "change" };

/** Where the money goes. */
export const spendPages = [
  { to: "/overview", name: "Overview", icon: "overview", key: "o" },
  { to: "/explore", name: "Explore", icon: "explore", key: "e" },
  { to: "/users", name: "Users", icon: "user", key: "u", needs: "all" },
  { to: "/models", name: "Models", icon: "model", key: "m" },
  { to: "/agents", name: "Agents", icon: "agent", key: "a" },
  { to: "/sessions", name: "Sessions", icon: "session", key: "s" },
] as const satisfies readonly Page[];

/** Whether the numbers are right and complete, and what they need. */
export const accuracyPages = [
  { to: "/unpriced", name: "Not counted", icon: "unpriced", key: "n", needs: "all" },
  { to: "/prices", name: "Prices", icon: "price", key: "p", needs: "all" },
  { to: "/health", name: "Health", icon: "health", key: "h", needs: "all" },
] as const satisfies readonly Page[];

/** Setting the suite up. */
export const setUpPages = [
  { to: "/connect", name: "Connect LibreChat", icon: "connect", key: "c", needs: "change" },
  { to: "/keys", name: "Keys", icon: "key", key: "k", needs: "change" },
  { to: "/audit", name: "Audit", icon: "audit", key: "l", needs: "change" },
] as const satisfies readonly Page[];

/** All of them, in order. */
export const pages: readonly Page[] = [...spendPages, ...accuracyPages, ...setUpPages];

/** The pages that a caller has a use for. */
export function pagesFor<One extends Page>(all: readonly One[], { mayChange, readsAll }: Caller): One[] {
  return all.filter(({ needs }) => needs === undefined || (needs === "all" ? readsAll : mayChange));
}
