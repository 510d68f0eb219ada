import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { dailyQuery, groupListQuery, systemQuery } from "../../api/queries/stats.ts";
import { modelName, resourceName, typeName } from "../../prepare/group-name.ts";
import { count, duration, share } from "../../prepare/quantity.ts";
import { ExportMenu } from "../../shell/export-menu.tsx";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { DailyPanel } from "../daily-panel.tsx";
import { chartQuery } from "../overview/overview-queries.ts";
import { ModelPrices } from "../prices/model-prices.tsx";
import { modelOf } from "./group-queries.ts";
import { GroupTable } from "./group-table.tsx";
import { SliceFacts } from "./slice-facts.tsx";
import { TopSessions } from "./top-sessions.tsx";

/** One model: what it costs, who uses it, what its tokens are, and its price over time. */
export function ModelPage(): ReactElement {
  const { modelId } = useParams({ from: "/shell/models/$modelId" });
  const { query, range } = useSlice();
  const search = useSearch({ from: "/shell/models/$modelId" });
  const { provider, model } = modelOf(modelId);
  const own = { ...query, model, provider };
  const system = useQuery(systemQuery(own));
  const daily = useQuery(dailyQuery(chartQuery(own, range, search, "user")));
  const users = useQuery(groupListQuery("users", { ...own, limit: 8, include: ["sessions", "trend"] }));
  return (
    <>
      <PageHeader
        name={modelName(model, provider)}
        title={modelName(model, provider)}
        actions={<ExportMenu kind="daily" groupBy="user" own={{ model, provider }} />}
        trail={
          <span className="text-sm text-muted">
            <Link to="/models" className="link">
              ← Models
            </Link>{" "}
            · {provider || "no provider"}
          </span>
        }
      />
      <SliceFacts
        query={system}
        more={({ latency, distinct }) => [
          ...(distinct === null ? [] : ([["Users", count(distinct.user_count)], ["Sessions", count(distinct.session_count)]] as const)),
          ...(latency === null ? [] : ([["p50 · p95 of a call", `${duration(latency.duration.p50_ms)} · ${duration(latency.duration.p95_ms)}`], ["First token, p95", duration(latency.time_to_first_token.p95_ms)]] as const)),
        ]}
      />
      <DailyPanel query={daily} search={search} defaultBy="user" ledgerIsEmpty={false} of="model" />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Panel title="Tokens by type" query={system} minHeight={180} isEmpty={({ total }) => total.tokens.total === 0}>
          {({ total }) => (
            <DataTable
              caption="Tokens by type"
              rows={Object.entries(total.tokens).filter(([name, value]) => name !== "total" && value > 0)}
              rowKey={([name]) => name}
              columns={[
                { key: "name", name: "Type", cell: ([name]) => resourceName(name) },
                { key: "tokens", name: "Tokens", numeric: true, cell: ([, value]) => count(value) },
                { key: "share", name: "Share", numeric: true, cell: ([, value]) => share(value / total.tokens.total) },
              ]}
              footers={[{ key: "total", strong: true, cells: { name: "Total", tokens: count(total.tokens.total) } }]}
            />
          )}
        </Panel>
        <Panel title="Who uses it" query={users} minHeight={180} isEmpty={({ items }) => items.length === 0}>
          {(list) => <GroupTable list={list} caption="The users that spend most on this model" compact />}
        </Panel>
      </div>
      <Panel title="Failures" query={system}>
        {({ errors }) =>
          errors.length === 0 ? (
            <p className="text-sm text-muted">None in this period.</p>
          ) : (
            <DataTable
              caption="Failures of this model"
              rows={errors}
              rowKey={({ provider: from, model: name, type }) => `${from}/${name}/${type}`}
              columns={[
                { key: "type", name: "Kind", cell: ({ type }) => typeName(type) },
                { key: "count", name: "Failed", numeric: true, cell: ({ error_count, interaction_count }) => `${count(error_count)} of ${count(interaction_count)}` },
                { key: "rate", name: "Rate", numeric: true, cell: ({ error_rate }) => share(error_rate) },
              ]}
            />
          )
        }
      </Panel>
      {model !== "" && <ModelPrices provider={provider} model={model} />}
      <TopSessions own={[{ dimension: "model", value: model }, { dimension: "provider", value: provider }]} />
    </>
  );
}
