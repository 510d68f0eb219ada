import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type SessionsQuery, sessionsQuery } from "../../api/queries/sessions.ts";
import { filterText, withFilter, type Filter } from "../../prepare/filter.ts";
import { Panel } from "../../ui/panel.tsx";
import { SessionTable } from "../sessions/session-table.tsx";

/** The costliest sessions of a slice, and the way to all of them. */
export function TopSessions({ query, filters }: { query: SessionsQuery; filters: readonly Filter[] }) {
  const sessions = useQuery(sessionsQuery({ ...query, sort: "cost", limit: 8 }));
  return (
    <Panel title="Most expensive sessions" query={sessions} minHeight={200} isEmpty={({ items }) => items.length === 0}>
      {(list) => (
        <>
          <SessionTable list={list} search={{ ssort: "cost" }} isFixed />
          <Link to="/sessions" search={(old: { f?: string[] }) => ({ ...old, f: filters.reduce((all, filter) => withFilter(all.filter((text) => !text.startsWith(`${filter.dimension}:`) || text === filterText(filter)), filter), old.f ?? []) })} className="link self-start text-sm">
            All {list.total_count} sessions →
          </Link>
        </>
      )}
    </Panel>
  );
}
