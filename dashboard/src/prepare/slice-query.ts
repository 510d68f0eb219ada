/** From the URL to the parameters that every range query takes. */
import type { SliceQuery } from "../api/queries/stats.ts";
import { type Dimension, parseFilter } from "./filter.ts";
import { type Calendar, type Comparison, type PeriodSearch, presetOf, type Range, rangeOf } from "./period.ts";

/** The part of the URL that says what a page covers. */
export type SliceSearch = PeriodSearch & { cmp?: Comparison | undefined; f?: string[] | undefined; tenant?: string | undefined };

const parameters = { user: "user_id", model: "model", agent: "agent", provider: "provider", type: "type" } as const satisfies Record<Dimension, keyof SliceQuery>;
const modes = { prev: "previous", weekdays: "weekdays", lastmonth: "last_month", lastyear: "last_year", none: "none" } as const satisfies Record<Comparison, SliceQuery["compare"]>;

/**
 * What a period is compared with unless the URL says otherwise: a running month by its weekdays, since
 * its bars are days; whole months with months, years with years.
 */
export function comparisonOf(search: SliceSearch, calendar: Calendar): Comparison {
  if (search.cmp !== undefined) return search.cmp;
  const natural: Partial<Record<NonNullable<PeriodSearch["p"]>, Comparison>> = { mtd: "weekdays", lm: "lastmonth", ytd: "lastyear", all: "none" };
  const preset = presetOf(search, calendar);
  return (preset === null ? undefined : natural[preset]) ?? "prev";
}

/** The filters as parameters; of two on one dimension the later counts. */
export function filterQuery(search: SliceSearch): SliceQuery {
  const query: Record<string, string> = {};
  for (const text of search.f ?? []) {
    const filter = parseFilter(text);
    if (filter !== null) query[parameters[filter.dimension]] = filter.value;
  }
  if (search.tenant !== undefined && query.user_id !== undefined) query.tenant_id = search.tenant;
  return query as SliceQuery;
}

/** Range, filters and comparison. */
export function sliceQuery(search: SliceSearch, calendar: Calendar): SliceQuery & { start_date: string; end_date: string } {
  const range: Range = rangeOf(search, calendar);
  return { ...filterQuery(search), start_date: range.from, end_date: range.to, compare: modes[comparisonOf(search, calendar)] };
}
