import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";
import { priceHistoryQuery, type Rate } from "../../api/queries/prices.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { modelOf } from "../groups/group-queries.ts";
import { RateTable } from "./rate-table.tsx";
import { rateScope, rateStart, rateText } from "./rate-text.ts";

const bases: Record<Rate["valid_from_basis"], string> = {
  stated: "its source says so",
  observed: "seen in the source from then on",
  assumed: "the first price known, taken to hold before",
};

/** Whether two rows price the same thing, one after the other. */
function isSameThing(a: Rate, b: Rate): boolean {
  return a.resource_type === b.resource_type && a.region === b.region && a.service_tier === b.service_tier && a.min_context === b.min_context && a.schedule === b.schedule;
}

/** One row of the price book: what it says, who says so since when, and what held before and after. */
export function PriceRowPage(): ReactElement {
  const { priceId } = useParams({ from: "/shell/prices/$priceId" });
  const { of } = useSearch({ from: "/shell/prices/$priceId" });
  const { timeZone } = useSlice();
  const { provider, model } = modelOf(of ?? "");
  const history = useQuery({ ...priceHistoryQuery(provider, model), enabled: provider !== "" });
  const row = history.data?.items.find(({ id }) => String(id) === priceId);
  return (
    <>
      <PageHeader
        title={`Price #${priceId}`}
        name={`Price ${priceId}`}
        hasSlice={false}
        trail={
          <Link to="/prices" search={(old: object) => ({ ...old, tab: "rates" as const, q: of })} className="link text-sm">
            ← Prices
          </Link>
        }
      />
      {provider === "" ? (
        <section className="card flex flex-col items-start gap-3 p-4">
          <p className="text-sm text-muted">The address does not say which model this price is of.</p>
          <Link to="/prices" search={(old: object) => ({ ...old, tab: "rates" as const })} className={buttonClass()}>
            Look it up among the prices in force
          </Link>
        </section>
      ) : (
        <Panel query={history} minHeight={200}>
          {({ items }) =>
            row === undefined ? (
              <p className="text-sm text-muted">
                {of} has no price #{priceId}. <Link to="/models/$modelId" params={{ modelId: of ?? "" }} className="link">All its prices</Link>
              </p>
            ) : (
              <>
                <Facts row={row} timeZone={timeZone} />
                <h2 className="pt-2 text-base font-semibold">Before and after</h2>
                <RateTable rates={items.filter((one) => isSameThing(one, row))} caption="Every price of the same thing" timeZone={timeZone} showsModel={false} current={row.id} />
              </>
            )
          }
        </Panel>
      )}
    </>
  );
}

function Facts({ row, timeZone }: { row: Rate; timeZone: string }) {
  const facts: [string, ReactNode][] = [
    ["Of", <Link key="of" to="/models/$modelId" params={{ modelId: `${row.provider}/${row.model}` }} className="link break-all">{`${row.provider}/${row.model || "no model"}`}</Link>],
    ["For", rateScope(row)],
    ["Holds from", `${rateStart(row, timeZone)}: ${bases[row.valid_from_basis]}`],
    ["Holds until", row.valid_to === null ? "today, it is in force" : zoneTime(row.valid_to, timeZone, "full")],
    ["Source", `${row.source}${row.source_revision === "" ? "" : `, revision ${row.source_revision}`}`],
    ["Seen", row.observed_at === null ? "—" : zoneTime(row.observed_at, timeZone, "full")],
    ["State", row.status === "active" ? (row.stale ? "in force, its source has not answered of late" : "in force") : row.status],
    ...(row.reason === null ? [] : ([["Reason", row.reason]] as [string, ReactNode][])),
  ];
  return (
    <>
      <p className="text-3xl leading-tight font-bold tracking-tight">{rateText(row)}</p>
      <dl className="grid gap-x-8 gap-y-2 text-sm sm:grid-cols-2 xl:grid-cols-4">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-xs text-muted">{name}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
