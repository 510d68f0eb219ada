import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { dailyQuery, groupListQuery, systemQuery } from "../../api/queries/stats.ts";
import { groupName } from "../../prepare/group-name.ts";
import { count } from "../../prepare/quantity.ts";
import { ExportMenu } from "../../shell/export-menu.tsx";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Panel } from "../../ui/panel.tsx";
import { DailyPanel } from "../daily-panel.tsx";
import { chartQuery } from "../overview/overview-queries.ts";
import { agentOf } from "./group-queries.ts";
import { GroupTable } from "./group-table.tsx";
import { SliceFacts } from "./slice-facts.tsx";
import { TopSessions } from "./top-sessions.tsx";

/** One agent: what it costs, on which models, for whom. */
export function AgentPage(): ReactElement {
  const { agentId } = useParams({ from: "/shell/agents/$agentId" });
  const { query, range } = useSlice();
  const search = useSearch({ from: "/shell/agents/$agentId" });
  const agent = agentOf(agentId);
  const own = { ...query, agent };
  const system = useQuery(systemQuery(own));
  const daily = useQuery(dailyQuery(chartQuery(own, range, search, "model")));
  const list = { ...own, limit: 8, include: ["sessions" as const, "trend" as const] };
  const models = useQuery(groupListQuery("models", list));
  const users = useQuery(groupListQuery("users", list));
  const itself = useQuery({ ...groupListQuery("agents", { start_date: query.start_date, end_date: query.end_date, agent, limit: 1 }), enabled: agent !== "" });
  const known = itself.data?.items[0]?.group;
  const name = agent === "" ? "No agent" : known === undefined ? agent : groupName(known);
  return (
    <>
      <PageHeader
        name={name}
        title={name}
        actions={<ExportMenu kind="daily" groupBy="model" own={{ agent }} />}
        trail={
          <span className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
            <Link to="/agents" className="link">
              ← Agents
            </Link>
            {agent !== "" && name !== agent && <span className="font-mono text-xs break-all">{agent}</span>}
          </span>
        }
      />
      <SliceFacts query={system} more={({ distinct }) => (distinct === null ? [] : [["Users", count(distinct.user_count)], ["Sessions", count(distinct.session_count)]])} />
      <DailyPanel query={daily} search={search} defaultBy="model" ledgerIsEmpty={false} of="agent" />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Panel title="Models" query={models} minHeight={180} isEmpty={({ items }) => items.length === 0}>
          {(page) => <GroupTable list={page} caption="The models this agent spends most on" compact />}
        </Panel>
        <Panel title="Users" query={users} minHeight={180} isEmpty={({ items }) => items.length === 0}>
          {(page) => <GroupTable list={page} caption="The users that spend most with this agent" compact />}
        </Panel>
      </div>
      <TopSessions own={[{ dimension: "agent", value: agent }]} />
    </>
  );
}
