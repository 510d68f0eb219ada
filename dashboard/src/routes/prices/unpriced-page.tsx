import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { type Unpriced, unpricedQuery } from "../../api/queries/prices.ts";
import { dayLabel } from "../../prepare/day.ts";
import { modelName, resourceName, typeName } from "../../prepare/group-name.ts";
import { compactCount, count } from "../../prepare/quantity.ts";
import { useCaller } from "../../api/caller.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Panel } from "../../ui/panel.tsx";
import { OverrideDrawer } from "./override-drawer.tsx";
import { AddPrice } from "./add-price.tsx";

/** What was used and has no price: it is in no total until someone says what it costs. */
export function UnpricedPage(): ReactElement {
  const unpriced = useQuery(unpricedQuery);
  const { mayChange } = useCaller({ asks: true });
  const [chosen, setChosen] = useState<Unpriced | null>(null);
  const [done, setDone] = useState<string | null>(null);
  return (
    <>
      <PageHeader title="Unpriced" name="Unpriced" hasSlice={false} />
      <p className="text-sm text-muted">An unknown price is unknown, never zero: these interactions are counted everywhere, but their cost is in no total.</p>
      {done !== null && (
        <p role="status" className="flex items-center gap-2 rounded-card border border-line bg-good-surface px-4 py-2 text-sm text-good">
          <Icon name="check" /> {done}
        </p>
      )}
      <Panel query={unpriced} minHeight={150} title={unpriced.data === undefined ? "Without a price" : `${count(unpriced.data.total)} without a price`}>
        {({ items, since }) =>
          items.length === 0 ? (
            <p className="m-auto flex flex-col items-center gap-2 py-8 text-center">
              <Icon name="check" size={24} className="text-good" />
              <span className="font-semibold">Everything has a price</span>
              <span className="text-sm text-muted">Since {dayLabel(since, "withYear")}, every interaction's cost is known.</span>
            </p>
          ) : (
            <DataTable
              caption="Models that were used and have no price"
              rows={items}
              rowKey={({ provider, model, type }) => `${provider}/${model}/${type}`}
              columns={[
                {
                  key: "model",
                  name: "As reported",
                  cell: ({ provider, model, type, missing }) => (
                    <span className="flex flex-col">
                      <Link to="/models/$modelId" params={{ modelId: `${provider}/${model}` }} search={(old: object) => ({ ...old, p: "all" as const })} className="link truncate" data-row-link>
                        {model === "" && provider === "" ? typeName(type) : modelName(model, provider)}
                      </Link>
                      <span className="text-xs text-faint">
                        {[model === "" && provider === "" ? "without a model or a provider" : `${provider || "no provider"} · ${typeName(type)}`, ...(missing.length === 0 ? [] : [`lacks ${missing.map(({ resource_type }) => resourceName(resource_type).toLowerCase()).join(", ")}`])].join(" · ")}
                      </span>
                    </span>
                  ),
                },
                { key: "interactions", name: "Without a price", numeric: true, cell: ({ unpriced_count, partial_count }) => <span className="inline-flex flex-wrap justify-end gap-1">{count(unpriced_count)}{partial_count > 0 && <Badge tone="warn">{count(partial_count)} in part</Badge>}</span> },
                { key: "tokens", name: "Tokens not covered", numeric: true, from: "sm", cell: ({ unpriced_tokens }) => <span title={count(unpriced_tokens)}>{compactCount(unpriced_tokens)}</span> },
                { key: "first", name: "First seen", numeric: true, from: "md", cell: ({ first_day }) => dayLabel(first_day, "withYear") },
                { key: "last", name: "Last seen", numeric: true, from: "md", cell: ({ last_day }) => dayLabel(last_day, "withYear") },
                ...(mayChange ? [{
                  key: "act",
                  name: <span className="sr-only">Add a price</span>,
                  numeric: true,
                  cell: (one: Unpriced) => (
                    <Button look="primary" onClick={() => setChosen(one)} aria-label={`Add price of ${modelName(one.model, one.provider)}`}>
                      Add price
                    </Button>
                  ),
                }] : []),
              ]}
            />
          )
        }
      </Panel>
      {chosen !== null && chosen.type !== "chat" && (
        // Without tokens there is nothing to try the price on: the book's own form takes any resource.
        <OverrideDrawer target={{ provider: chosen.provider, model: chosen.model, resource_type: "requests", service_tier: "standard", per: 1, ...chosen.missing[0], region: "", min_context: 0, schedule: "", rate: "", isOverride: false, isNew: true }} onClose={() => setChosen(null)} />
      )}
      {chosen !== null && chosen.type === "chat" && (
        <AddPrice
          unpriced={chosen}
          onClose={() => setChosen(null)}
          onDone={(text) => {
            setChosen(null);
            setDone(text);
          }}
        />
      )}
    </>
  );
}
