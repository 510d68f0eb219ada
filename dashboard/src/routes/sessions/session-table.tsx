import { Link } from "@tanstack/react-router";
import type { Session, SessionList } from "../../api/model.ts";
import { modelName } from "../../prepare/group-name.ts";
import { exactMoney, knownCost, listMoney, tileMoney } from "../../prepare/money.ts";
import { compactCount, count, duration } from "../../prepare/quantity.ts";
import type { SessionsSearch } from "../../prepare/search.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { Badge, NoPrice } from "../../ui/badge.tsx";
import { MiddleCut } from "../../ui/middle-cut.tsx";
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
      {session.unpriced_count > 0 && <Badge tone="warn">{count(session.unpriced_count)} without a price</Badge>}
      {session.aborted_count > 0 && <Badge tone="stopped">{count(session.aborted_count)} stopped early</Badge>}
      {session.mixed_users && <Badge title="Events of more than one user carried this session's id">mixed users</Badge>}
      {session.archived && <Badge>archived</Badge>}
    </span>
  );
}

/** Sessions, one a row; a fixed list cannot be sorted by its reader. */
export function SessionTable({ list, search, isFixed = false }: { list: SessionList; search: SessionsSearch; isFixed?: boolean }) {
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
      cell: ({ id, start_time, user_id, user_label }) => (
        <span className="flex min-w-0 flex-col">
          <Link to="/sessions/$sessionId" params={{ sessionId: id }} className="link inline-flex min-h-6 items-center whitespace-nowrap" data-row-link title={id}>
            {zoneTime(start_time, list.reporting_time_zone)}
          </Link>
          <span className="min-w-0 text-xs text-faint sm:hidden">
            <MiddleCut text={user_label ?? (user_id || "No user")} />
          </span>
        </span>
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
          <Link to="/users/$userId" params={{ userId: user_id }} search={(old: object) => ({ ...old, tenant: tenant_id || undefined })} className="link inline-block max-w-44 py-0.5 align-middle" title={user_id}>
            <MiddleCut text={user_label ?? user_id} />
          </Link>
        ),
    },
    { key: "models", name: "Models", from: "md", cell: ({ models }) => <Some names={models.map(({ model, provider }) => modelName(model, provider))} /> },
    { key: "agents", name: "Agents", from: "xl", cell: ({ agents, agent_names }) => <span title={agents.join(", ")}><Some names={agent_names} /></span> },
    { key: "interactions", name: "Interactions", numeric: true, from: "lg", cell: ({ interaction_count }) => count(interaction_count), ...sortBy("interactions") },
    { key: "tokens", name: "Tokens", numeric: true, from: "lg", cell: ({ token_count }) => <span title={count(token_count)}>{compactCount(token_count)}</span> },
    { key: "cost", name: "Cost", numeric: true, ...sortBy("cost"), cell: (session) => (knownCost(session) === null ? <NoPrice /> : <span title={exactMoney(session.total_cost)}>{listMoney(session.total_cost)}</span>) },
    { key: "duration", name: "Duration", numeric: true, from: "md", cell: ({ duration_ms }) => duration(duration_ms) },
    { key: "flags", name: "Note", cell: (session) => <Flags session={session} />, ...sortBy("errors") },
  ];
  return (
    <DataTable
      caption="Sessions"
      columns={columns}
      rows={list.items}
      rowKey={({ id }) => id}
      footers={isFixed || list.total === null ? [] : [{ key: "total", strong: true, cells: { time: `All ${count(list.total_count)}`, interactions: count(list.total.interaction_count), tokens: compactCount(list.total.token_count), cost: <span data-testid="list-total" data-exact={list.total.total_cost ?? ""}>{tileMoney(list.total.total_cost)}</span> } }]}
    />
  );
}
