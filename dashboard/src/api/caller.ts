/**
 * What the signed-in key may do, so that a page offers only what will be granted. The server decides
 * anyway; where nothing is known yet, everything is offered.
 */
import { useQuery } from "@tanstack/react-query";
import type { Me } from "./model.ts";
import { meQuery } from "./queries/ledger.ts";

type Scope = Me["scopes"][number];
const storageKey = "tokentill.scopes";

/** Keeps what the sign-in said of the key, for the next visit. */
export function rememberScopes(scopes: readonly Scope[]): void {
  try {
    localStorage.setItem(storageKey, scopes.join(" "));
  } catch {
    // Storage may be blocked: then every page is offered.
  }
}

/** At a sign-out nothing of the key stays. */
export function forgetScopes(): void {
  try {
    localStorage.removeItem(storageKey);
  } catch {
    // Nothing was kept either.
  }
}

function rememberedScopes(): string[] | null {
  try {
    return localStorage.getItem(storageKey)?.split(" ") ?? null;
  } catch {
    return null;
  }
}

/** Whether the caller may change something, and whether it reads everybody's numbers or only its own. */
export type Caller = { mayChange: boolean; readsAll: boolean };

/** The caller, as far as it is known; `asks` lets a page find out, which costs a request. */
export function useCaller({ asks = false }: { asks?: boolean } = {}): Caller {
  const { data } = useQuery({ ...meQuery, enabled: asks });
  const scopes: readonly string[] | null = data?.scopes ?? rememberedScopes();
  if (scopes === null) return { mayChange: true, readsAll: true };
  return { mayChange: scopes.includes("admin"), readsAll: scopes.includes("admin") || scopes.includes("read") };
}
