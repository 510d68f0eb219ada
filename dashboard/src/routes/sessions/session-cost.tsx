import type { UseQueryResult } from "@tanstack/react-query";
import type { SessionDetail } from "../../api/model.ts";
import { largestShare, ShareCell } from "../../charts/share-cell.tsx";
import { costSentence } from "../../prepare/cost-sentence.ts";
import { componentName, resourceName } from "../../prepare/group-name.ts";
import { columnMoney, columnPlaces, knownCost, rowMoney } from "../../prepare/money.ts";
import { count } from "../../prepare/quantity.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";

const components = ["ai_tokens", "db_ops", "api_calls", "compute_time"] as const;
/** The kind of interaction that a component of the cost is mostly of. */
const kinds = { ai_tokens: "chat", db_ops: "db", api_calls: "api", compute_time: "cost-event" } as const;

/** Why this much: the four parts of the cost, and what drove them. */
export function SessionCost({ query }: { query: UseQueryResult<SessionDetail> }) {
  return (
    <Panel title="Why this much" query={query} minHeight={200}>
      {({ figures, drivers, outlier, session, interactions }) => {
        // A part is no zero while an interaction of its kind has no price.
        const unknown = new Set(interactions.items.filter(({ total_cost }) => total_cost === null).map(({ type }) => type));
        const parts = components.map((component) => {
          const amount = figures.cost_by_component[component];
          return { component, amount: knownCost({ total_cost: amount, unpriced_count: unknown.has(kinds[component]) ? 1 : 0 }) };
        });
        const partPlaces = columnPlaces(parts.map(({ amount }) => amount));
        const driverPlaces = columnPlaces(drivers.map(({ amount }) => amount));
        return (
          <>
            <p className="text-sm text-muted">{costSentence({ figures, drivers, outlier, total: session.total_cost })}</p>
            <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
              <DataTable
                caption="Cost by component"
                rows={parts}
                rowKey={({ component }) => component}
                columns={[
                  { key: "name", name: "Component", cell: ({ component }) => componentName(component) },
                  { key: "amount", name: "Cost", numeric: true, cell: ({ amount }) => (amount === null ? <NoPrice /> : columnMoney(amount, partPlaces)) },
                ]}
                footers={[{ key: "total", strong: true, cells: { name: "Total", amount: session.total_cost === null ? "No price" : rowMoney(session.total_cost) } }]}
              />
              <DataTable
                caption="What the cost is made of"
                rows={drivers}
                rowKey={({ provider, model, resource_type, component }) => `${provider}/${model}/${resource_type}/${component}`}
                columns={[
                  { key: "name", name: "What", cell: ({ model, provider, resource_type, component }) => `${resourceName(resource_type)} · ${model || provider || componentName(component)}` },
                  { key: "quantity", name: "Quantity", numeric: true, from: "sm", cell: ({ quantity }) => count(quantity) },
                  { key: "amount", name: "Cost", numeric: true, cell: ({ amount }) => columnMoney(amount, driverPlaces) },
                  {
                    key: "share",
                    name: "Share",
                    numeric: true,
                    cell: (driver) => <ShareCell ratio={driver.share} largest={largestShare(drivers.map((one) => one.share))} />,
                  },
                ]}
              />
            </div>
          </>
        );
      }}
    </Panel>
  );
}
