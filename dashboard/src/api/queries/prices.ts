import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, unwrap } from "../api-error.ts";
import { pageOrLast } from "../last-page.ts";
import { pricing, tracker } from "../client.ts";
import type { components, operations } from "../pricing-schema.d.ts";

type Schemas = components["schemas"];
/** A row of the price book. */
export type Rate = Schemas["Rate"];
/** A model that was used and has no price. */
export type Unpriced = Schemas["UnpricedList"]["items"][number];
/** A rate that waits, and what is in force meanwhile. */
export type Waiting = Schemas["QuarantineList"]["items"][number];
/** An operator's own price. */
export type Override = Schemas["Override"];
/** What a price would change in the ledger. */
export type Reestimates = Schemas["Reestimates"];
/** The parameters of the list of rates. */
export type RatesQuery = NonNullable<operations["listRates"]["parameters"]["query"]>;

/** Changes when the price book does. */
const prices = "prices";
const live = { live: true } as const;

/** The rates in force. */
export const ratesQuery = (query: RatesQuery) =>
  queryOptions({
    queryKey: [prices, "rates", query],
    queryFn: ({ signal }) => pageOrLast(query, (page) => unwrap(pricing.GET("/pricing/rates", { signal, params: { query: page } })), ({ total }) => total),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** Every price that one model ever had. */
export const priceHistoryQuery = (provider: string, model: string) =>
  queryOptions({
    queryKey: [prices, "history", provider, model],
    queryFn: async ({ signal }) => {
      try {
        return await unwrap(pricing.GET("/pricing/history", { signal, params: { query: { provider, ...(model === "" ? {} : { model }) } } }));
      } catch (error) {
        // The book has never heard of it: it has no prices, which is no fault.
        if (error instanceof ApiError && error.status === 404) return { provider, model, total: 0, items: [] };
        throw error;
      }
    },
    staleTime: 60_000,
  });

/** What was used and has no price. */
export const unpricedQuery = queryOptions({
  queryKey: [prices, "unpriced"],
  queryFn: ({ signal }) => unwrap(pricing.GET("/pricing/unpriced", { signal, params: { query: { days: 400 } } })),
  meta: live,
});

/** The rates that wait for a decision. */
export const quarantineQuery = queryOptions({
  queryKey: [prices, "quarantine"],
  queryFn: ({ signal }) => unwrap(pricing.GET("/pricing/quarantine", { signal })),
});

/** When each source was heard. */
export const priceSourcesQuery = queryOptions({
  queryKey: [prices, "sources"],
  queryFn: ({ signal }) => unwrap(pricing.GET("/pricing/sources", { signal })),
});

/** Where sources contradict each other. */
export const conflictsQuery = queryOptions({
  queryKey: [prices, "conflicts"],
  queryFn: ({ signal }) => unwrap(pricing.GET("/pricing/conflicts", { signal, params: { query: { limit: 100 } } })),
  staleTime: 60_000,
});

/** The key that every answer about prices shares. */
export const pricesKey = [prices];

/** Brings a waiting rate into force, or keeps it out. */
export function decide(id: number, decision: "approve" | "reject", reason: string): Promise<unknown> {
  const options = { params: { path: { id } }, body: { reason } };
  return unwrap(decision === "approve" ? pricing.POST("/pricing/quarantine/{id}/approve", options) : pricing.POST("/pricing/quarantine/{id}/reject", options));
}

/** Sets or ends an operator's own price. */
export function changeOverride(body: Override): Promise<Schemas["OverrideAnswer"]> {
  return unwrap(pricing.POST("/pricing/overrides", { body }));
}

/** What a price of one's own would change, by the ledger's own reckoning; nothing is written. */
export async function tryOverride(body: Override): Promise<Reestimates> {
  const { reestimates } = await unwrap(pricing.POST("/pricing/overrides", { body: { ...body, dry_run: true } }));
  if (reestimates === null) throw new Error("The dry run said nothing of what would change.");
  return reestimates;
}

/** Estimates again what had no price when it happened and has one now. */
export function reprice(): Promise<unknown> {
  return unwrap(tracker.POST("/admin/reprice"));
}

/** Brings one source's list into the book, or shows what it would change. */
export function runSync(body: Schemas["SyncRequest"]): Promise<Schemas["SyncAnswer"]> {
  return unwrap(pricing.POST("/pricing/sync", { body }));
}
