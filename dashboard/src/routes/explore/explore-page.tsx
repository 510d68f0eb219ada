import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { dailyQuery } from "../../api/queries/stats.ts";
import { metricForms } from "../../prepare/daily-chart.ts";
import { seriesFile } from "../../prepare/group-file.ts";
import { rangeLength } from "../../prepare/day.ts";
import { type ChartSearch, type Grouping, type Metric, metrics } from "../../prepare/search.ts";
import type { Grain } from "../../prepare/time-axis.ts";
import { ExportMenu } from "../../shell/export-menu.tsx";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Choice } from "../../ui/segmented.tsx";
import { DailyPanel } from "../daily-panel.tsx";
import { grainOf } from "../overview/overview-queries.ts";
import { exploreQueries } from "./explore-queries.ts";
import { ExploreTable } from "./explore-table.tsx";
import { SavedViews } from "./saved-views.tsx";

const splitNames: Record<Grouping, string> = { model: "Model", user: "User", agent: "Agent", provider: "Provider", type: "Type", component: "Component", token_type: "Token type" };
const splits = Object.entries(splitNames).map(([value, name]) => ({ value: value as Grouping, name }));
/** The API filters by these, so their groups can be split once more. */
const nestable: readonly Grouping[] = ["model", "user", "agent", "provider", "type"];
const grainNames: Record<Grain, string> = { hour: "Hour", day: "Day", week: "Week", month: "Month" };

/** Any measure, split by anything, then by anything else, over any roll-up. */
export function ExplorePage(): ReactElement {
  const { query, range, search: shared } = useSlice();
  const search = useSearch({ from: "/shell/explore" });
  const navigate = useNavigate();
  const by = search.by ?? "model";
  const [asked, askedList] = exploreQueries(query, range, search);
  const drawn = useQuery(dailyQuery(asked));
  const listed = useQuery(dailyQuery(askedList));
  const set = (change: { [Key in keyof ChartSearch]?: ChartSearch[Key] | undefined }) => void navigate({ to: ".", search: (old: object) => ({ ...old, ...change }) });
  const days = rangeLength(range.from, range.to);
  const grains = (["hour", "day", "week", "month"] as const).filter((grain) => (grain !== "hour" || days === 1) && (grain !== "day" || days <= 400));
  const thens = [{ value: "none" as const, name: "nothing" }, ...splits.filter(({ value }) => value !== by)];
  return (
    <>
      <PageHeader title="Explore" name="Explore" actions={<><SavedViews /><ExportMenu kind="daily" groupBy={by} table={listed.data === undefined ? undefined : seriesFile(listed.data, search.m ?? "cost", shared.f ?? [])} /></>} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 print-hidden">
        <Choice showLabel label="Metric" value={search.m ?? "cost"} options={metrics.map((value: Metric) => ({ value, name: metricForms[value].name }))} onChange={(m) => set({ m: m === "cost" ? undefined : m })} />
        <Choice showLabel label="Group by" value={by} options={splits} onChange={(next) => set({ by: next === "model" ? undefined : next, sub: undefined })} />
        {nestable.includes(by) && <Choice showLabel label="then by" value={search.sub ?? "none"} options={thens} onChange={(next) => set({ sub: next === "none" ? undefined : next })} />}
        <Choice showLabel label="Roll up by" value={grainOf(range, search.g)} options={grains.map((value) => ({ value, name: grainNames[value] }))} onChange={(g) => set({ g })} />
        <label className="inline-flex min-h-8 items-center gap-2 text-sm text-muted">
          <input type="checkbox" className="size-4 accent-accent" checked={search.sum === true} onChange={(event) => set({ sum: event.target.checked ? true : undefined })} />
          cumulative
        </label>
      </div>
      <DailyPanel query={drawn} search={search} defaultBy="model" ledgerIsEmpty={drawn.data?.as_of === null} showSplit={false} />
      <ExploreTable query={listed} search={search} />
    </>
  );
}
