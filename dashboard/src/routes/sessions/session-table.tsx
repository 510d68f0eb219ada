import { Link } from "@tanstack/react-router";
import type { Session, SessionList } from "../../api/model.ts";
import { modelName } from "../../prepare/group-name.ts";
import { columnMoney, columnPlaces, knownCost } from "../../prepare/money.ts";
import { compactCount, count, duration } from "../../prepare/quantity.ts";
import type { SessionsSearch } from "../../prepare/search.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { Badge, NoPrice } from "../../ui/badge.tsx";
import { DataTable, type TableColumn } from "../../ui/data-table.tsx";

/** A list that names the first and counts the rest. */
export function Some({ names }: { names: readonly string[] }) {
  const [first, ...rest] = names;
  if (first === undefined) return <span className="text-faint">—</span>;
  return (
    <span className="inline-flex max-w-56 items-center gap-1" title={names.join(", ")}>
      <span className="truncate">{first}</span>
      {rest.length > 0 && <Badge>+{rest.length}</Badge>}
    </span>
  );
}

/** What needs a look about a session. */
function Flags({ session }: { session: Session }) {
  return (
    <span className="inline-flex flex-wrap gap-1">
      {session.status === "open" && <Badge tone="good">open</Badge>}
      {session.error_count > 0 && <Badge tone="danger">{count(session.error_count)} failed</Badge>}
      {session.unpriced_count > 0 && <Badge tone="warn">▨ {count(session.unpriced_count)} no price</Badge>}
      {session.mixed_users && <Badge title="Events of more than one user carried this session's id">mixed users</Badge>}
      {session.archived && <Badge>archived</Badge>}
    </span>
  );
}

/** Sessions, one a row; a fixed list cannot be sorted by its reader. */
export function SessionTable({ list, search, isFixed = false }: { list: SessionList; search: SessionsSearch; isFixed?: boolean }) {
  const places = columnPlaces(list.items.map(({ total_cost }) => total_cost));
  const sortBy = (sort: NonNullable<SessionsSearch["ssort"]>): Pick<TableColumn<Session>, "sort"> => {
    if (isFixed) return {};
    const isSorted = (search.ssort ?? "time") === sort;
    const direction = isSorted ? (search.order === "asc" ? ("ascending" as const) : ("descending" as const)) : null;
    return { sort: { search: { ssort: sort === "time" ? undefined : sort, order: direction === "descending" ? "asc" : undefined }, direction } };
  };
  const columns: TableColumn<Session>[] = [
    {
      key: "time",
      name: "Started",
      ...sortBy("time"),
      cell: ({ id, start_time }) => (
        <Link to="/sessions/$sessionId" params={{ sessionId: id }} className="link inline-flex min-h-6 items-center whitespace-nowrap" data-row-link title={id}>
          {zoneTime(start_time, list.reporting_time_zone)}
        </Link>
      ),
    },
    {
      key: "user",
      name: "User",
      from: "sm",
      cell: ({ user_id, user_label, tenant_id }) =>
        user_id === "" ? (
          <span className="text-faint">No user</span>
        ) : (
          <Link to="/users/$userId" params={{ userId: user_id }} search={(old: object) => ({ ...old, tenant: tenant_id || undefined })} className="link inline-flex min-h-6 max-w-40 items-center truncate">
            {user_label ?? user_id}
          </Link>
        ),
    },
    { key: "models", name: "Models", from: "md", cell: ({ models }) => <Some names={models.map(({ model, provider }) => modelName(model, provider))} /> },
    { key: "agents", name: "Agents", from: "xl", cell: ({ agents }) => <Some names={agents.filter((name) => name !== "")} /> },
    { key: "interactions", name: "Interactions", numeric: true, from: "lg", cell: ({ interaction_count }) => count(interaction_count), ...sortBy("interactions") },
    { key: "tokens", name: "Tokens", numeric: true, from: "lg", cell: ({ token_count }) => <span title={count(token_count)}>{compactCount(token_count)}</span> },
    { key: "cost", name: "Cost", numeric: true, ...sortBy("cost"), cell: (session) => (knownCost(session) === null ? <NoPrice /> : columnMoney(session.total_cost, places)) },
    { key: "duration", name: "Duration", numeric: true, from: "md", cell: ({ duration_ms }) => duration(duration_ms) },
    { key: "flags", name: "Note", cell: (session) => <Flags session={session} />, ...sortBy("errors") },
  ];
  return (
    <DataTable
      caption="Sessions"
      columns={columns}
      rows={list.items}
      rowKey={({ id }) => id}
      footers={isFixed || list.total === null ? [] : [{ key: "total", strong: true, cells: { time: `All ${count(list.total_count)}`, interactions: count(list.total.interaction_count), tokens: compactCount(list.total.token_count), cost: <span data-testid="list-total" data-exact={list.total.total_cost ?? ""}>{list.total.total_cost === null ? "No price" : columnMoney(list.total.total_cost, places)}</span> } }]}
    />
  );
}
