/**
 * The URL's search parameters: what each means, and what becomes of nonsense. Every parameter that a
 * page knows is in the answer, `undefined` where it is absent or means nothing: the router lays the
 * answer over what the address said, so that a parameter left out would shine through as it was written.
 */
import { isDay } from "./day.ts";
import { filterCountMax, parseFilter } from "./filter.ts";
import { type Comparison, comparisons, type Preset, presets } from "./period.ts";
import { type Grain, grains } from "./time-axis.ts";

/** What every page of the ledger keeps: period, comparison, filters. */
export type SharedSearch = {
  p?: Preset | undefined;
  from?: string | undefined;
  to?: string | undefined;
  cmp?: Comparison | undefined;
  f?: string[] | undefined;
  tenant?: string | undefined;
};

/** What a chart splits by. */
export const groupings = ["model", "user", "agent", "provider", "type", "component", "token_type"] as const;
/** A way to split. */
export type Grouping = (typeof groupings)[number];
/** What is measured. */
export const metrics = ["cost", "tokens", "interactions", "errors"] as const;
/** A measure. */
export type Metric = (typeof metrics)[number];
/** How a list of users, models or agents is sorted. */
export const groupSorts = ["cost", "interactions", "tokens", "errors", "name"] as const;
/** How the list of sessions is sorted. */
export const sessionSorts = ["time", "cost", "interactions", "errors"] as const;
/** Which sessions. */
export const sessionStatuses = ["open", "closed", "error"] as const;
/** How many rows a page of a list has; the first where nothing is said. */
export const pageSizes = [50, 100, 250] as const;
/** The lists that the overview can show under its chart. */
export const driverKinds = ["users", "models", "agents"] as const;
/** The views of the page of prices; the first where nothing is said. */
export const priceTabs = ["used", "rates", "quarantine", "sources", "said", "again"] as const;

/** A chart's own parameters. */
export type ChartSearch = { by?: Grouping | undefined; sub?: Grouping | undefined; m?: Metric | undefined; g?: Grain | undefined; sum?: true | undefined; view?: "table" | undefined };
/** Which rows of a list. */
export type PageSearch = { skip?: number | undefined; rows?: (typeof pageSizes)[number] | undefined };
/** A list's own parameters. */
export type ListSearch = PageSearch & { q?: string | undefined; sort?: (typeof groupSorts)[number] | undefined; order?: "asc" | undefined };
/** The session list's own parameters. */
export type SessionsSearch = PageSearch & { q?: string | undefined; ssort?: (typeof sessionSorts)[number] | undefined; order?: "asc" | undefined; status?: (typeof sessionStatuses)[number] | undefined; min?: string | undefined; unpriced?: true | undefined };
/** The overview's own parameters. */
export type OverviewSearch = ChartSearch & { who?: (typeof driverKinds)[number] | undefined };
/** The page of prices' own parameters. */
export type PricesSearch = PageSearch & { q?: string | undefined; tab?: (typeof priceTabs)[number] | undefined };

type Raw = Record<string, unknown>;

function oneOf<Value extends string>(raw: unknown, values: readonly Value[]): Value | undefined {
  return values.find((value) => value === raw);
}

function text(raw: unknown, lengthMax = 256): string | undefined {
  return typeof raw === "string" && raw !== "" && raw.length <= lengthMax ? raw : undefined;
}

function day(raw: unknown): string | undefined {
  return typeof raw === "string" && isDay(raw) ? raw : undefined;
}

function isSet(raw: unknown): true | undefined {
  return raw === "1" || raw === true ? true : undefined;
}

function whole(raw: unknown): number | undefined {
  if (typeof raw !== "string" && typeof raw !== "number") return undefined;
  const value = /^\d{1,9}$/.test(String(raw)) ? Number(raw) : 0;
  return value > 0 ? value : undefined;
}

/** Period, comparison and filters; days count only as a pair, and are put in order. */
export function sharedSearch(raw: Raw): SharedSearch {
  const [one, other] = [day(raw.from), day(raw.to)];
  const isRange = one !== undefined && other !== undefined;
  const [from, to] = isRange && one > other ? [other, one] : [one, other];
  const filters = (Array.isArray(raw.f) ? raw.f : [raw.f]).filter((filter): filter is string => typeof filter === "string" && parseFilter(filter) !== null);
  return {
    p: isRange ? undefined : oneOf(raw.p, presets),
    from: isRange ? from : undefined,
    to: isRange ? to : undefined,
    cmp: oneOf(raw.cmp, comparisons),
    f: filters.length === 0 ? undefined : [...new Set(filters)].slice(-filterCountMax),
    tenant: text(raw.tenant),
  };
}

/** How a chart is shown. */
export function chartSearch(raw: Raw): ChartSearch {
  return {
    by: oneOf(raw.by, groupings),
    sub: oneOf(raw.sub, groupings),
    m: oneOf(raw.m, metrics),
    g: oneOf(raw.g, grains),
    sum: isSet(raw.sum),
    view: raw.view === "table" ? "table" : undefined,
  };
}

/** The overview: its chart, and whose list is below. */
export function overviewSearch(raw: Raw): OverviewSearch {
  return { ...chartSearch(raw), who: oneOf(raw.who, driverKinds) };
}

/** Which rows of a list. */
export function pageSearch(raw: Raw): PageSearch {
  return { skip: whole(raw.skip), rows: pageSizes.find((size) => size === whole(raw.rows)) };
}

/** How a list is searched, sorted and paged. */
export function listSearch(raw: Raw): ListSearch {
  return { q: text(raw.q), sort: oneOf(raw.sort, groupSorts), order: oneOf(raw.order, ["asc"] as const), ...pageSearch(raw) };
}

/** How the sessions are found. */
export function sessionsSearch(raw: Raw): SessionsSearch {
  const min = text(raw.min, 20);
  return {
    q: text(raw.q),
    ssort: oneOf(raw.ssort, sessionSorts),
    order: oneOf(raw.order, ["asc"] as const),
    ...pageSearch(raw),
    status: oneOf(raw.status, sessionStatuses),
    min: min !== undefined && /^\d{1,6}(\.\d{1,12})?$/.test(min) ? min : undefined,
    unpriced: isSet(raw.unpriced),
  };
}

/** Which prices. */
export function pricesSearch(raw: Raw): PricesSearch {
  return { q: text(raw.q), tab: oneOf(raw.tab, priceTabs), ...pageSearch(raw) };
}

/** Which price of which model: a row of the book is found among those of its model. */
export function priceRowSearch(raw: Raw): { of?: string | undefined } {
  return { of: text(raw.of, 520) };
}

/** Where a sign-in leads; never to another site. */
export function signInSearch(raw: Raw): { to?: string | undefined } {
  return { to: typeof raw.to === "string" && raw.to.startsWith("/") && !raw.to.startsWith("//") ? raw.to : undefined };
}

/** Reads the address bar: every value is text, and only `f` may stand more than once. */
export function parseSearch(search: string): Raw {
  const parameters = new URLSearchParams(search);
  const raw: Raw = {};
  for (const name of new Set(parameters.keys())) raw[name] = name === "f" ? parameters.getAll("f") : (parameters.get(name) ?? undefined);
  return raw;
}

/** A stored search as a link's whole search: what every page keeps counts as absent where it is not in it. */
export function wholeSearch(search: string): Raw {
  return { p: undefined, from: undefined, to: undefined, cmp: undefined, f: undefined, tenant: undefined, ...parseSearch(search) };
}

/** Writes the address bar. */
export function stringifySearch(search: Raw): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, one === true ? "1" : String(one));
  }
  // Colons and slashes are allowed in a query; links stay readable with them.
  const written = parameters.toString().replaceAll("%3A", ":").replaceAll("%2F", "/");
  return written === "" ? "" : `?${written}`;
}
