/**
 * What the signed-in key may do, so that a page offers only what will be granted. The server decides
 * anyway; where nothing is known yet, everything is offered.
 */
import { useQuery } from "@tanstack/react-query";
import { remembered } from "./browser-memory.ts";
import { meQuery } from "./queries/ledger.ts";

/** Whether the caller may change something, and whether it reads everybody's numbers or only its own. */
export type Caller = { mayChange: boolean; readsAll: boolean };

/** The caller, as far as it is known; `asks` lets a page find out, which costs a request. */
export function useCaller({ asks = false }: { asks?: boolean } = {}): Caller {
  const { data } = useQuery({ ...meQuery, enabled: asks });
  const scopes: readonly string[] | null = data?.scopes ?? remembered("scopes")?.split(" ") ?? null;
  if (scopes === null) return { mayChange: true, readsAll: true };
  return { mayChange: scopes.includes("admin"), readsAll: scopes.includes("admin") || scopes.includes("read") };
}
