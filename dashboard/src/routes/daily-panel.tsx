import type { UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { DailyStats } from "../api/model.ts";
import { Legend } from "../charts/legend.tsx";
import { StackedBars } from "../charts/stacked-bars.tsx";
import { chartSentence } from "../prepare/chart-sentence.ts";
import { chartMarks, dailyStack, fittingMetric, metricForms } from "../prepare/daily-chart.ts";
import { axisMoney } from "../prepare/money.ts";
import { bucketRange } from "../prepare/period.ts";
import { compactCount, count } from "../prepare/quantity.ts";
import type { ChartSearch, Grouping } from "../prepare/search.ts";
import { useSlice } from "../shell/slice-context.ts";
import { usePlainLink } from "../shell/use-plain-link.ts";
import { Panel } from "../ui/panel.tsx";
import { usePrinting } from "../ui/use-printing.ts";
import { Segmented } from "../ui/segmented.tsx";
import { DailyTable } from "./daily-table.tsx";

const splits: readonly { value: Grouping; name: string }[] = [
  { value: "model", name: "Model" },
  { value: "user", name: "User" },
  { value: "agent", name: "Agent" },
  { value: "provider", name: "Provider" },
  { value: "component", name: "Component" },
  { value: "token_type", name: "Token type" },
];
const views = [
  { value: "chart", name: "Chart" },
  { value: "table", name: "Table" },
] as const;

type DailyPanelProps = {
  query: UseQueryResult<DailyStats>;
  search: ChartSearch;
  defaultBy: Grouping | null;
  ledgerIsEmpty: boolean;
  showSplit?: boolean;
  /** What the page is about: splitting by it would split nothing. */
  of?: Grouping;
};

/** Use and cost over time: a stacked chart that opens by the bucket, or the same as a table. */
export function DailyPanel({ query, search, defaultBy, ledgerIsEmpty, showSplit = true, of }: DailyPanelProps) {
  const { range, today } = useSlice();
  const navigate = useNavigate();
  const plainLink = usePlainLink();
  const by = search.by ?? defaultBy;
  const asked = search.m ?? "cost";
  const metric = fittingMetric(asked, by);
  const { name, format } = metricForms[metric];
  const isPrinting = usePrinting();
  const view = search.view ?? "chart";
  const isCumulative = search.sum === true;
  const set = (change: object, replace: boolean) => void navigate({ to: ".", replace, search: (old: object) => ({ ...old, ...change }) });
  return (
    <Panel
      title={`${name} per ${query.data?.granularity ?? "day"}${isCumulative ? ", cumulative" : ""}`}
      query={query}
      minHeight={330}
      isEmpty={({ total }) => total.interaction_count === 0}
      ledgerIsEmpty={() => ledgerIsEmpty}
      actions={
        <>
          {showSplit && by !== null && <Segmented label="Split by" options={splits.filter((split) => split.value !== of)} value={by === "type" ? "model" : by} onChange={(next) => set({ by: next === defaultBy ? undefined : next }, false)} />}
          <Segmented label="View" options={views} value={view} onChange={(next) => set({ view: next === "table" ? "table" : undefined }, true)} />
        </>
      }
    >
      {(data) => {
        const { stack, ahead } = dailyStack(data, metric, today, isCumulative);
        const rest = data.other?.group_count ?? 0;
        if (view === "table" || isPrinting) return <DailyTable stats={data} stack={stack} metric={metric} />;
        return (
          <figure className="flex flex-col gap-2">
            <figcaption className="text-sm text-muted">{chartSentence(data, metric, today, isCumulative)}</figcaption>
            <StackedBars
              stack={stack}
              grain={data.granularity}
              ahead={ahead}
              marks={metric === "cost" ? chartMarks(data) : []}
              label={`${name} per ${data.granularity}; arrows step, Enter opens`}
              formatAxis={(value, step) => (metric === "cost" ? axisMoney(value, step) : compactCount(value))}
              formatValue={format}
              linkOf={(index) => {
                const bucket = data.buckets[index];
                const days = bucket === undefined ? range : bucketRange(bucket.start_date, data.granularity, range);
                return plainLink({ p: undefined, g: undefined, ...days, skip: undefined }, data.granularity === "hour" ? "/sessions" : undefined);
              }}
            />
            <Legend
              series={stack.series.length === 1 && data.group_by === null ? [] : stack.series}
              showsPrevious={stack.columns.some(({ bucket }) => bucket.previous !== null)}
              showsAhead={ahead.length > 0}
              showsOpen={stack.columns.some(({ bucket }) => !bucket.complete)}
              showsUnpriced={stack.columns.some(({ bucket }) => bucket.unpriced > 0)}
              {...(rest > 0 ? { note: `top ${count(data.series.length)} of ${count(data.series.length + rest)}` } : {})}
            />
          </figure>
        );
      }}
    </Panel>
  );
}
