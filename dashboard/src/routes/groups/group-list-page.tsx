import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { type GroupKind, groupListQuery } from "../../api/queries/stats.ts";
import { abortedNote } from "../../prepare/coverage.ts";
import { groupFile } from "../../prepare/group-file.ts";
import { tileMoney } from "../../prepare/money.ts";
import { plural, share } from "../../prepare/quantity.ts";
import type { ListSearch } from "../../prepare/search.ts";
import { ExportMenu } from "../../shell/export-menu.tsx";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Pager } from "../../ui/pager.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { groupPageQuery } from "./group-queries.ts";
import { GroupTable } from "./group-table.tsx";

const titles: Record<GroupKind, { title: string; one: "user" | "model" | "agent"; search: string }> = {
  users: { title: "Users", one: "user", search: "Name or id" },
  models: { title: "Models", one: "model", search: "Provider or model" },
  agents: { title: "Agents", one: "agent", search: "Agent" },
};

/** All groups of one kind, with the sums of the whole. */
function GroupListPage({ kind, search }: { kind: GroupKind; search: ListSearch }) {
  const { query, search: shared } = useSlice();
  const list = useQuery(groupListQuery(kind, groupPageQuery(kind, query, search)));
  const { title, one, search: placeholder } = titles[kind];
  const data = list.data;
  return (
    <>
      <PageHeader title={title} name={title} actions={<ExportMenu kind="daily" groupBy={one} table={data === undefined ? undefined : groupFile(data, shared.f ?? [])} />} />
      {data !== undefined && data.total.interaction_count > 0 && (
        <p className="text-sm text-muted">
          <strong className="text-text">{tileMoney(data.total.total_cost)}</strong> over {plural(data.total_count, one)}
          {data.items[0] !== undefined && (search.sort === undefined && search.skip === undefined) && ` · the first takes ${share(data.items[0].share)}`}
          {data.distinct !== null && ` · ${plural(data.distinct.session_count, "session")}`}
          {` · ${tileMoney(data.total.cost_per_interaction)} an interaction`}
          {data.coverage.unpriced_interactions > 0 && ` · ${plural(data.coverage.unpriced_interactions, "interaction")} without a price ${data.coverage.unpriced_interactions === 1 ? "is" : "are"} in no amount`}
          {abortedNote(data.total)}
        </p>
      )}
      <Panel
        query={list}
        minHeight={400}
        title={data === undefined ? title : plural(data.total_count, one)}
        actions={<SearchBox label={`Search ${title.toLowerCase()}`} value={search.q} placeholder={placeholder} />}
        isEmpty={({ items }) => items.length === 0}
        ledgerIsEmpty={({ as_of }) => as_of === null}
      >
        {(page) => (
          <>
            <GroupTable list={page} caption={`${title} of this period`} search={search} />
            <Pager offset={page.offset} limit={page.limit} total={page.total_count} noun={title.toLowerCase()} />
          </>
        )}
      </Panel>
    </>
  );
}

/** Who spends. */
export function UsersPage(): ReactElement {
  return <GroupListPage kind="users" search={useSearch({ from: "/shell/users" })} />;
}

/** What it is spent on. */
export function ModelsPage(): ReactElement {
  return <GroupListPage kind="models" search={useSearch({ from: "/shell/models" })} />;
}

/** Which agents spend. */
export function AgentsPage(): ReactElement {
  return <GroupListPage kind="agents" search={useSearch({ from: "/shell/agents" })} />;
}
