import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sessionsQuery } from "../../api/queries/sessions.ts";
import { filterQuery } from "../../prepare/slice-query.ts";
import { type Filter, parseFilter, replacedFilters } from "../../prepare/filter.ts";
import { plural } from "../../prepare/quantity.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Panel } from "../../ui/panel.tsx";
import { SessionTable } from "../sessions/session-table.tsx";

type TopSessionsProps = {
  /** What the page is about. */
  own: readonly Filter[];
  /** Whether the address's other filters hold on this page too. */
  keepsFilters?: boolean;
};

/** The costliest sessions of a slice, and the way to all of them: both by the same filters. */
export function TopSessions({ own, keepsFilters = true }: TopSessionsProps) {
  const { search, query } = useSlice();
  // A session has no type: a filter by it neither narrows this list nor goes along.
  const f = replacedFilters(keepsFilters ? (search.f ?? []).filter((text) => parseFilter(text)?.dimension !== "type") : [], own);
  const { type: _type, compare: _compare, include: _include, ...filters } = filterQuery({ f, tenant: search.tenant });
  const sessions = useQuery(sessionsQuery({ start_date: query.start_date, end_date: query.end_date, ...filters, sort: "cost", limit: 8 }));
  const isOfModel = own.some(({ dimension }) => dimension !== "user");
  return (
    <Panel title="Most expensive sessions" query={sessions} minHeight={200} isEmpty={({ items }) => items.length === 0}>
      {(list) => (
        <>
          <SessionTable list={list} search={{ ssort: "cost" }} isFixed />
          <p className="flex flex-wrap items-baseline gap-x-3 text-sm text-muted">
            <Link to="/sessions" search={(old: object) => ({ ...old, f: f.length === 0 ? undefined : f, skip: undefined })} className="link">
              All {plural(list.total_count, "session")} →
            </Link>
            {isOfModel && "A session counts whole, with what else was used in it."}
          </p>
        </>
      )}
    </Panel>
  );
}
