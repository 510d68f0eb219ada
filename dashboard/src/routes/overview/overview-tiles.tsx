import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { DailyStats, SystemStats } from "../../api/model.ts";
import { Sparkline } from "../../charts/sparkline.tsx";
import { changeText, comparisonFault, ratioText } from "../../prepare/change.ts";
import { dayLabel, rangeLabel } from "../../prepare/day.ts";
import { position } from "../../prepare/decimal.ts";
import { monthEnd } from "../../prepare/day.ts";
import { typeName } from "../../prepare/group-name.ts";
import { prepareBullet } from "../../prepare/forecast.ts";
import { exactMoney, knownCost, rowMoney, tileMoney } from "../../prepare/money.ts";
import { compactCount, count, duration, plural, share } from "../../prepare/quantity.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { ChangeText } from "../../ui/change-text.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Explain } from "../../ui/explain.tsx";
import { abortedNote } from "../../prepare/coverage.ts";
import { Bullet } from "./bullet.tsx";

type OverviewTilesProps = { daily: UseQueryResult<DailyStats>; system: UseQueryResult<SystemStats> };

/** Four numbers that answer "how much, how it moves, how used, how healthy". */
export function OverviewTiles({ daily, system }: OverviewTilesProps) {
  const { range, today } = useSlice();
  return (
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-[minmax(0,1.7fr)_repeat(3,minmax(0,1fr))]">
      <Panel query={daily} minHeight={118}>
        {(data) => <SpendTile data={data} />}
      </Panel>
      <Panel query={daily} minHeight={118}>
        {({ comparison, buckets }) => {
          const change = changeText(comparison?.cost_change ?? null, comparison);
          const previous = comparison?.previous ?? null;
          return (
            <Tile
              name={previous === null ? "Change" : `Change vs ${rangeLabel(previous.start_date, previous.end_date, today)}`}
              value={<ChangeText change={change} />}
              note={change.kind === "none" ? change.reason : `${change.amount} from ${tileMoney(comparison?.previous_figures.total_cost ?? null)}${comparison?.current === null || comparison === null || comparison.current.end_date === range.to ? "" : `, ${rangeLabel(comparison.current.start_date, comparison.current.end_date, today)}: today is still open`}`}
              chart={<Sparkline values={buckets.map(({ figures }) => (figures.total_cost === null ? null : position(figures.total_cost)))} openEnd={buckets.at(-1)?.complete === false} />}
            />
          );
        }}
      </Panel>
      <Panel query={system} minHeight={118}>
        {({ total, distinct, comparison }) => (
          <Tile
            name="Interactions"
            value={<span title={count(total.interaction_count)}>{total.interaction_count < 100_000 ? count(total.interaction_count) : compactCount(total.interaction_count)}</span>}
            note={
              <>
                {total.interaction_count > 0 && `${rowMoney(total.cost_per_interaction)} an interaction`}
                {distinct !== null && ` · ${plural(distinct.session_count, "session")} · ${plural(distinct.user_count, "user")}`}
                {comparison !== null && comparisonFault(comparison) === null && (
                  <>
                    {" · "}
                    <ChangeText change={ratioText(comparison.interaction_ratio, comparison)} />
                  </>
                )}
              </>
            }
            chart={daily.data !== undefined && <Sparkline values={daily.data.buckets.map(({ figures }) => figures.interaction_count)} openEnd={daily.data.buckets.at(-1)?.complete === false} />}
          />
        )}
      </Panel>
      <Panel query={system} minHeight={118}>
        {({ total, latency, errors }) => (
          <Tile
            name={latency === null ? "Failed" : "Failed · p95 of a call"}
            value={
              <>
                {share(total.error_rate)}
                {latency !== null && ` · ${duration(latency.duration.p95_ms)}`}
              </>
            }
            note={`${errors[0] === undefined ? "No failures" : `Most: ${errors[0].model || typeName(errors[0].type)}, ${count(errors[0].error_count)} of ${count(errors[0].interaction_count)}`}${abortedNote(total)}`}
            chart={daily.data !== undefined && <Sparkline values={daily.data.buckets.map(({ figures }) => figures.error_count)} openEnd={daily.data.buckets.at(-1)?.complete === false} />}
          />
        )}
      </Panel>
    </div>
  );
}

function SpendTile({ data }: { data: DailyStats }) {
  const { range, today } = useSlice();
  const { total, coverage, forecast, period } = data;
  // The forecast is of the running month: it belongs here only if that is what the page shows.
  const isThisMonth = period.start_date.slice(0, 7) === today.slice(0, 7) && period.start_date.endsWith("-01") && range.to === today;
  const isProjected = isThisMonth && forecast.available && forecast.low !== null && forecast.mid !== null && forecast.high !== null;
  const bullet = isProjected && total.total_cost !== null ? prepareBullet(total.total_cost, { low: forecast.low ?? "0", mid: forecast.mid ?? "0", high: forecast.high ?? "0" }) : null;
  return (
    <div className="flex h-full flex-col justify-between gap-2">
      <h2 className="text-sm text-muted">Spend, {rangeLabel(period.start_date, period.end_date, today)}</h2>
      <p className="text-hero leading-tight font-bold tracking-tight" data-testid="total-cost" data-exact={total.total_cost ?? ""} title={exactMoney(total.total_cost)}>
        {total.interaction_count === 0 ? "—" : knownCost(total) === null ? <NoPrice /> : tileMoney(total.total_cost)}
      </p>
      {bullet !== null && <Bullet bullet={bullet} />}
      <p className="text-xs text-muted">
        {bullet !== null ? (
          <>
            forecast <strong className="text-text">{bullet.label}</strong> by {dayLabel(monthEnd(today))}
            <Explain about="the forecast">For each day left, the median of the same weekday over the last {forecast.complete_days} complete days. The range holds four of five such months.</Explain>
          </>
        ) : isThisMonth && !forecast.available ? (
          "No forecast yet: it needs seven complete days."
        ) : (
          `${plural(total.interaction_count, "interaction")}`
        )}
        {coverage.priced_token_ratio !== null && ` · ${share(coverage.priced_token_ratio)} of tokens priced`}
      </p>
    </div>
  );
}

function Tile({ name, value, note, chart }: { name: ReactNode; value: ReactNode; note: ReactNode; chart?: ReactNode }) {
  return (
    <div className="flex h-full flex-col gap-1.5">
      <h2 className="text-sm text-muted">{name}</h2>
      <p className="text-2xl font-bold tracking-tight">{value}</p>
      <div className="mt-auto flex flex-wrap items-end justify-between gap-2">
        <p className="min-w-0 flex-1 basis-24 text-xs text-muted">{note}</p>
        {chart}
      </div>
    </div>
  );
}
