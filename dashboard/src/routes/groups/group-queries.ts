import type { SliceQuery } from "../../api/queries/stats.ts";
import type { GroupKind, GroupListQuery } from "../../api/queries/stats.ts";
import { type ListSearch, pageSizes } from "../../prepare/search.ts";

/** What a list page asks for. */
export function groupPageQuery(kind: GroupKind, query: SliceQuery, search: ListSearch): GroupListQuery {
  const canMeasureLatency = kind === "models" && query.user_id === undefined && query.agent === undefined && query.type === undefined;
  return {
    ...query,
    limit: search.rows ?? pageSizes[0],
    include: canMeasureLatency ? ["sessions", "trend", "latency"] : ["sessions", "trend"],
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.sort === undefined ? {} : { sort: search.sort }),
    ...(search.order === undefined ? {} : { order: search.order }),
    ...(search.skip === undefined ? {} : { offset: search.skip }),
  };
}

/** The name of a path where the group's own is empty. */
export const noAgent = "~";

/** The agent that a path names. */
export function agentOf(id: string): string {
  return id === noAgent ? "" : id;
}

/** The provider and the model that a path names: the first slash parts them. */
export function modelOf(id: string): { provider: string; model: string } {
  const cut = id.indexOf("/");
  return cut < 0 ? { provider: "", model: id } : { provider: id.slice(0, cut), model: id.slice(cut + 1) };
}
