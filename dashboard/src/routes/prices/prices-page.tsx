import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { priceSourcesQuery, quarantineQuery, type Rate, ratesQuery } from "../../api/queries/prices.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { pageSizes } from "../../prepare/search.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { useCaller } from "../../api/caller.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Pager } from "../../ui/pager.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SaveTable } from "../../ui/save-table.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { OverrideDrawer, type OverrideTarget } from "./override-drawer.tsx";
import { ProviderSays } from "./provider-says.tsx";
import { Quarantine } from "./quarantine.tsx";
import { rateFile } from "./rate-file.ts";
import { RateTable } from "./rate-table.tsx";
import { RerateRuns } from "./rerate-panel.tsx";
import { UsedPrices } from "./used-prices.tsx";
import { PriceSources } from "./price-sources.tsx";

/** "openai/gpt-5-mini" names a provider too; a word alone is a part of a model's name. */
function wanted(q: string | undefined): { provider?: string; search?: string } {
  if (q === undefined) return {};
  const cut = q.indexOf("/");
  if (cut < 1) return { search: q };
  return { provider: q.slice(0, cut), ...(cut + 1 < q.length ? { search: q.slice(cut + 1) } : {}) };
}

/** What everything costs: in force, waiting, and where it comes from. */
export function PricesPage(): ReactElement {
  const { timeZone } = useSlice();
  const { mayChange } = useCaller({ asks: true });
  const search = useSearch({ from: "/shell/prices" });
  const navigate = useNavigate();
  const [target, setTarget] = useState<OverrideTarget | null>(null);
  const tab = search.tab ?? (search.q === undefined ? "used" : "rates");
  const rates = useQuery({ ...ratesQuery({ limit: search.rows ?? pageSizes[0], ...(search.skip === undefined ? {} : { offset: search.skip }), ...wanted(search.q) }), enabled: tab === "rates" });
  const waiting = useQuery(quarantineQuery);
  const sources = useQuery(priceSourcesQuery);
  const tabs = [
    { value: "used" as const, name: "Used here" },
    { value: "rates" as const, name: "All in force" },
    { value: "quarantine" as const, name: waiting.data === undefined || waiting.data.total === 0 ? "Quarantine" : `Quarantine (${count(waiting.data.total)})` },
    { value: "sources" as const, name: "Sources" },
    { value: "said" as const, name: "Provider says" },
    { value: "again" as const, name: "Estimate again" },
  ];
  const edit = (rate: Rate) => setTarget({ provider: rate.provider, model: rate.model, resource_type: rate.resource_type, region: rate.region, service_tier: rate.service_tier, min_context: rate.min_context, schedule: rate.schedule, rate: rate.rate, per: rate.per, isOverride: rate.source === "override", isNew: false });
  return (
    <>
      <PageHeader
        title="Prices"
        name="Prices"
        hasSlice={false}
        actions={
          <>
            {rates.data !== undefined && tab === "rates" && <SaveTable file={rateFile(rates.data)} />}
            {mayChange && <Button look="primary" onClick={() => setTarget({ provider: "", model: "", resource_type: "input", region: "", service_tier: "standard", min_context: 0, schedule: "", rate: "", per: 1_000_000, isOverride: false, isNew: true })}>
              Set a price
            </Button>}
          </>
        }
      />
      <div className="print-hidden">
        <Segmented label="Show" options={tabs} value={tab} onChange={(next) => void navigate({ to: ".", search: (old: object) => ({ ...old, tab: next === "used" ? undefined : next, q: undefined, skip: undefined }) })} />
      </div>
      {tab === "used" && <UsedPrices />}
      {tab === "rates" && (
        <Panel query={rates} minHeight={420} title={rates.data === undefined ? "In force" : `${plural(rates.data.total, "price")} in force`} isEmpty={({ items }) => items.length === 0} actions={<SearchBox key="search" label="Search prices" value={search.q} placeholder="provider/model, or a part" />}>
          {(page) => (
            <>
              <RateTable
                rates={page.items}
                caption="Prices in force"
                timeZone={timeZone}
                {...(mayChange
                  ? {
                      action: (rate: Rate) => (
                        <Button onClick={() => edit(rate)} aria-label={`Change the price of ${rate.model} ${rate.resource_type}`}>
                          <span className="hidden sm:inline">Change</span>
                          <Icon name="pencil" size={14} className="sm:hidden" />
                        </Button>
                      ),
                    }
                  : {})}
              />
              <Pager offset={page.offset} limit={page.limit} total={page.total} noun="prices" />
            </>
          )}
        </Panel>
      )}
      {tab === "quarantine" && <Quarantine query={waiting} mayChange={mayChange} />}
      {tab === "sources" && <PriceSources query={sources} mayChange={mayChange} />}
      {tab === "said" && <ProviderSays mayChange={mayChange} />}
      {tab === "again" && <RerateRuns mayChange={mayChange} />}
      <OverrideDrawer target={target} onClose={() => setTarget(null)} />
    </>
  );
}
