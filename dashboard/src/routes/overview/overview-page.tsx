import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useCaller } from "../../api/caller.ts";
import { dailyQuery, groupListQuery, systemQuery } from "../../api/queries/stats.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { ExportMenu } from "../../shell/export-menu.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { PanelMessage } from "../../ui/panel-message.tsx";
import { DailyPanel } from "../daily-panel.tsx";
import { UnpricedBanner } from "../unpriced-banner.tsx";
import { BridgePanel } from "./bridge-panel.tsx";
import { DriversPanel } from "./drivers-panel.tsx";
import { overviewDailyQuery, overviewDriversQuery } from "./overview-queries.ts";
import { OverviewTiles } from "./overview-tiles.tsx";

/** The one page an admin opens: what was spent, where it is heading, what drives it, what is wrong. */
export function OverviewPage(): ReactElement {
  const { query, range } = useSlice();
  const search = useSearch({ from: "/shell/overview" });
  const { readsAll } = useCaller();
  const who = search.who ?? (readsAll ? "users" : "models");
  const daily = useQuery(dailyQuery(overviewDailyQuery(query, range, search)));
  const system = useQuery(systemQuery(query));
  const drivers = useQuery(groupListQuery(who, overviewDriversQuery(query)));
  if (system.data?.ledger_empty === true) {
    return (
      <>
        <PageHeader title="Overview" name="Overview" hasSlice={false} />
        <section className="card flex min-h-96 p-6" data-state="never">
          <PanelMessage state={{ kind: "never" }} retry={() => undefined} />
        </section>
      </>
    );
  }
  return (
    <>
      <PageHeader title="Overview" name="Overview" actions={<ExportMenu kind="daily" groupBy={search.by ?? "model"} />} />
      <UnpricedBanner system={system.data} />
      <OverviewTiles daily={daily} system={system} />
      <DailyPanel query={daily} search={search} defaultBy="model" ledgerIsEmpty={false} />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <DriversPanel query={drivers} who={who} />
        <BridgePanel query={daily} />
      </div>
    </>
  );
}
