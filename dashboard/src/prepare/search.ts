/** The URL's search parameters: what each means, and what becomes of nonsense (it is left out). */
import { isDay } from "./day.ts";
import { filterCountMax, parseFilter } from "./filter.ts";
import { type Comparison, comparisons, type Preset, presets } from "./period.ts";
import { type Grain, grains } from "./time-axis.ts";

/** What every page of the ledger keeps: period, comparison, filters. */
export type SharedSearch = {
  p?: Preset;
  from?: string;
  to?: string;
  cmp?: Comparison;
  f?: string[];
  tenant?: string;
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

/** A chart's own parameters. */
export type ChartSearch = { by?: Grouping; sub?: Grouping; m?: Metric; g?: Grain; sum?: true; view?: "table" };
/** A list's own parameters. */
export type ListSearch = { q?: string; sort?: (typeof groupSorts)[number]; order?: "asc"; skip?: number };
/** The session list's own parameters. */
export type SessionsSearch = { q?: string; ssort?: (typeof sessionSorts)[number]; order?: "asc"; skip?: number; status?: (typeof sessionStatuses)[number]; min?: string; unpriced?: true };

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

function offset(raw: unknown): number | undefined {
  const value = Number(raw);
  return typeof raw === "string" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** Leaves out what is undefined, so that a link holds only what it needs. */
function compact<Value extends object>(value: Value): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [Key in keyof Value]?: Exclude<Value[Key], undefined> };
}

/** Period, comparison and filters; days count only as a pair in order. */
export function sharedSearch(raw: Raw): SharedSearch {
  const [from, to] = [day(raw.from), day(raw.to)];
  const isRange = from !== undefined && to !== undefined && from <= to;
  const filters = (Array.isArray(raw.f) ? raw.f : [raw.f]).filter((one): one is string => typeof one === "string" && parseFilter(one) !== null);
  return compact({
    p: isRange ? undefined : oneOf(raw.p, presets),
    from: isRange ? from : undefined,
    to: isRange ? to : undefined,
    cmp: oneOf(raw.cmp, comparisons),
    f: filters.length === 0 ? undefined : [...new Set(filters)].slice(-filterCountMax),
    tenant: text(raw.tenant),
  });
}

/** How a chart is shown. */
export function chartSearch(raw: Raw): ChartSearch {
  return compact({
    by: oneOf(raw.by, groupings),
    sub: oneOf(raw.sub, groupings),
    m: oneOf(raw.m, metrics),
    g: oneOf(raw.g, grains),
    sum: raw.sum === "1" || raw.sum === true ? (true as const) : undefined,
    view: raw.view === "table" ? ("table" as const) : undefined,
  });
}

/** How a list is searched, sorted and paged. */
export function listSearch(raw: Raw): ListSearch {
  return compact({ q: text(raw.q), sort: oneOf(raw.sort, groupSorts), order: oneOf(raw.order, ["asc"] as const), skip: offset(raw.skip) ?? (typeof raw.skip === "number" ? offset(String(raw.skip)) : undefined) });
}

/** How the sessions are found. */
export function sessionsSearch(raw: Raw): SessionsSearch {
  const min = text(raw.min, 20);
  return compact({
    q: text(raw.q),
    ssort: oneOf(raw.ssort, sessionSorts),
    order: oneOf(raw.order, ["asc"] as const),
    skip: offset(raw.skip) ?? (typeof raw.skip === "number" ? offset(String(raw.skip)) : undefined),
    status: oneOf(raw.status, sessionStatuses),
    min: min !== undefined && /^\d{1,6}(\.\d{1,12})?$/.test(min) ? min : undefined,
    unpriced: raw.unpriced === "1" || raw.unpriced === true ? (true as const) : undefined,
  });
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
