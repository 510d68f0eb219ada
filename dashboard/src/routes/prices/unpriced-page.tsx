import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { unpricedQuery } from "../../api/queries/prices.ts";
import { dayLabel } from "../../prepare/day.ts";
import { filterText } from "../../prepare/filter.ts";
import { modelName, resourceName, typeName } from "../../prepare/group-name.ts";
import { compactCount, count } from "../../prepare/quantity.ts";
import { type MissingPrice, missingPrices } from "../../prepare/unread-fields.ts";
import { useCaller } from "../../api/caller.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Panel } from "../../ui/panel.tsx";
import { AllCounted } from "../accuracy/all-counted.tsx";
import { NotCountedTabs } from "../accuracy/not-counted-tabs.tsx";
import { OverrideDrawer } from "./override-drawer.tsx";
import { AddPrice } from "./add-price.tsx";

/** Whether tokens are what lacks a price: those are priced together, on a form of their own. */
function isOfTokens({ unpriced, missing }: MissingPrice): boolean {
  return unpriced.type === "chat" && (missing === null || missing.per > 1);
}

/** What a row is of: a tool or a unit by its name, a model by its own. */
function nameOf({ unpriced, missing }: MissingPrice): string {
  if (missing !== null && (unpriced.model === "" || missing.per === 1)) return resourceName(missing.resource_type);
  return unpriced.model === "" && unpriced.provider === "" ? typeName(unpriced.type) : modelName(unpriced.model, unpriced.provider);
}

/** Where exactly these interactions are: the model's page, or what has neither model nor provider. */
function NameLink({ row }: { row: MissingPrice }) {
  const { provider, model, type } = row.unpriced;
  const look = "link truncate";
  if (model !== "") {
    return (
      <Link to="/models/$modelId" params={{ modelId: `${provider}/${model}` }} search={(old: object) => ({ ...old, p: "all" as const, f: undefined })} className={look} data-row-link>
        {nameOf(row)}
      </Link>
    );
  }
  const f = [filterText({ dimension: "type", value: type }), filterText({ dimension: "model", value: "" }), filterText({ dimension: "provider", value: provider })];
  return (
    <Link to="/explore" search={(old: object) => ({ ...old, p: "all" as const, f, by: "user" as const, m: "interactions" as const })} className={look} data-row-link>
      {nameOf(row)}
    </Link>
  );
}

/** What was used and has no price: it is in no total until someone says what it costs. */
export function UnpricedPage(): ReactElement {
  const unpriced = useQuery(unpricedQuery);
  const { mayChange } = useCaller({ asks: true });
  const [chosen, setChosen] = useState<{ row: MissingPrice; rate: string } | null>(null);
  const [done, setDone] = useState<string | null>(null);
  return (
    <>
      <PageHeader title="Not counted" name="No price" hasSlice={false} />
      <NotCountedTabs />
      <p className="max-w-prose text-sm text-muted">An unknown price is unknown, never zero: these interactions are counted everywhere, but their cost is in no total.</p>
      {done !== null && (
        <p role="status" className="flex items-center gap-2 rounded-card border border-line bg-good-surface px-4 py-2 text-sm text-good">
          <Icon name="check" /> {done}
        </p>
      )}
      <Panel query={unpriced} minHeight={150} title={unpriced.data === undefined ? "Without a price" : `${count(missingPrices(unpriced.data.items).length)} without a price`}>
        {({ items, since }) =>
          missingPrices(items).length === 0 ? (
            <AllCounted title="Everything has a price" since={since} />
          ) : (
            <DataTable
              caption="What was used and has no price"
              rows={missingPrices(items)}
              rowKey={({ unpriced: { provider, model, type }, missing }) => `${provider}/${model}/${type}/${missing?.resource_type ?? ""}`}
              columns={[
                {
                  key: "model",
                  name: "As reported",
                  cell: (row) => (
                    <span className="flex flex-col">
                      <NameLink row={row} />
                      <span className="text-xs text-faint">
                        {[row.unpriced.model === "" ? "" : row.unpriced.provider || "no provider", typeName(row.unpriced.type), isOfTokens(row) ? `lacks ${row.unpriced.missing.map(({ resource_type }) => resourceName(resource_type).toLowerCase()).join(", ")}` : ""].filter((part) => part !== "").join(" · ")}
                      </span>
                    </span>
                  ),
                },
                { key: "interactions", name: "Interactions", numeric: true, cell: ({ unpriced: { unpriced_count, partial_count } }) => <span className="inline-flex flex-wrap justify-end gap-1">{count(unpriced_count)}{partial_count > 0 && <Badge tone="warn">{count(partial_count)} in part</Badge>}</span> },
                { key: "tokens", name: "Tokens not covered", numeric: true, from: "sm", cell: ({ unpriced: { unpriced_tokens } }) => (unpriced_tokens === 0 ? <span className="text-faint">—</span> : <span title={count(unpriced_tokens)}>{compactCount(unpriced_tokens)}</span>) },
                { key: "first", name: "First seen", numeric: true, from: "md", cell: ({ unpriced: { first_day } }) => dayLabel(first_day, "withYear") },
                { key: "last", name: "Last seen", numeric: true, from: "md", cell: ({ unpriced: { last_day } }) => dayLabel(last_day, "withYear") },
                ...(mayChange ? [{
                  key: "act",
                  name: <span className="sr-only">Add a price</span>,
                  numeric: true,
                  cell: (row: MissingPrice) => (
                    <span className="inline-flex flex-wrap justify-end gap-1">
                      {!isOfTokens(row) && row.missing !== null && (
                        <Button onClick={() => setChosen({ row, rate: "0" })} aria-label={`Costs nothing: ${nameOf(row)}`}>
                          Costs nothing…
                        </Button>
                      )}
                      <Button look="primary" onClick={() => setChosen({ row, rate: "" })} aria-label={`Add price of ${nameOf(row)}`}>
                        Add price
                      </Button>
                    </span>
                  ),
                }] : []),
              ]}
            />
          )
        }
      </Panel>
      {chosen !== null && !isOfTokens(chosen.row) && (
        // Without tokens there is nothing to try the price on: the book's own form takes any resource.
        <OverrideDrawer
          target={{ provider: chosen.row.unpriced.provider, model: chosen.row.unpriced.model, resource_type: "requests", service_tier: "standard", per: 1, ...chosen.row.missing, region: "", min_context: 0, schedule: "", rate: chosen.rate, from: chosen.row.unpriced.first_day, isOverride: false, isNew: true }}
          onClose={() => setChosen(null)}
        />
      )}
      {chosen !== null && isOfTokens(chosen.row) && (
        <AddPrice
          unpriced={chosen.row.unpriced}
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
