import type { SessionsQuery } from "../../api/queries/sessions.ts";
import type { SliceQuery } from "../../api/queries/stats.ts";
import type { DailyQuery } from "../../api/queries/stats.ts";
import type { Range } from "../../prepare/period.ts";
import { pageSizes, type SessionsSearch } from "../../prepare/search.ts";
import { chartQuery } from "../overview/overview-queries.ts";

/** What the list of sessions asks for; sessions have no interaction type. */
export function sessionPageQuery(slice: SliceQuery, search: SessionsSearch): SessionsQuery {
  const { type: _type, compare: _compare, include: _include, ...filters } = slice;
  return {
    ...filters,
    include: "total",
    limit: search.rows ?? pageSizes[0],
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.status === undefined ? {} : { status: search.status }),
    ...(search.min === undefined ? {} : { min_cost: search.min }),
    ...(search.unpriced === undefined ? {} : { unpriced: "true" as const }),
    ...(search.ssort === undefined ? {} : { sort: search.ssort }),
    ...(search.order === undefined ? {} : { order: search.order }),
    ...(search.skip === undefined ? {} : { offset: search.skip }),
  };
}

/** What the strip above the list asks for. */
export function volumeQuery(slice: SliceQuery, range: Range): DailyQuery {
  return { ...chartQuery(slice, range, {}, null), compare: "none" };
}
