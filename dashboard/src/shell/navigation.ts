import type { IconName } from "../ui/icon.tsx";

/** A page of the sidebar and the command menu. */
export type Page = { to: string; name: string; icon: IconName; key?: string };

/** Where the money goes. */
export const spendPages = [
  { to: "/overview", name: "Overview", icon: "overview", key: "o" },
  { to: "/explore", name: "Explore", icon: "explore", key: "e" },
  { to: "/users", name: "Users", icon: "user", key: "u" },
  { to: "/models", name: "Models", icon: "model", key: "m" },
  { to: "/agents", name: "Agents", icon: "agent", key: "a" },
  { to: "/sessions", name: "Sessions", icon: "session", key: "s" },
] as const satisfies readonly Page[];

/** Why the numbers can be trusted, and what they need. */
export const trustPages = [
  { to: "/unpriced", name: "Unpriced", icon: "unpriced", key: "n" },
  { to: "/prices", name: "Prices", icon: "price", key: "p" },
  { to: "/health", name: "Health", icon: "health", key: "h" },
] as const satisfies readonly Page[];

/** Setting the suite up. */
export const setUpPages = [
  { to: "/connect", name: "Connect LibreChat", icon: "connect", key: "c" },
  { to: "/keys", name: "Keys", icon: "key", key: "k" },
] as const satisfies readonly Page[];

/** All of them, in order. */
export const pages: readonly Page[] = [...spendPages, ...trustPages, ...setUpPages];
