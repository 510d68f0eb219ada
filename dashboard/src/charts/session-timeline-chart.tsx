import { scaleLinear } from "@visx/scale";
import { rowMoney } from "../prepare/money.ts";
import { duration } from "../prepare/quantity.ts";
import type { Timeline } from "../prepare/session-timeline.ts";
import { seriesColour } from "./series-colour.ts";
import { type BucketLink, BucketLinks } from "./bucket-links.tsx";
import { useWidth } from "./use-width.ts";

const laneHeight = 26;
const stepHeight = 84;
const left = 84;
const right = 12;
const laneSlots: Record<string, number> = { chat: 1, api: 2, db: 3, "cost-event": 4 };

type SessionTimelineChartProps = {
  timeline: Timeline;
  total: string | null;
  /** What each interaction is called and says, by its place. */
  describe: (index: number) => { name: string; lines: string[] };
  linkOf: (index: number) => BucketLink;
};

/** When each interaction ran, by kind, under the cost that adds up; each bar opens its receipt. */
export function SessionTimelineChart({ timeline, total, describe, linkOf }: SessionTimelineChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>(600);
  const x = scaleLinear<number>({ domain: [timeline.start, timeline.end], range: [left, Math.max(left + 10, width - right)] });
  const y = scaleLinear<number>({ domain: [0, timeline.cost || 1], range: [stepHeight - 6, 14] });
  const lanesTop = stepHeight + 8;
  const height = lanesTop + timeline.lanes.length * laneHeight + 22;
  const last = timeline.points.at(-1);
  const path = timeline.points.map(({ time, cost }, index) => `${index === 0 ? `M${left},${y(0)}` : ""}H${x(time)}V${y(cost)}`).join("");
  const bars = timeline.lanes.flatMap((lane, row) => lane.bars.map((bar) => ({ ...bar, row }))).sort((a, b) => a.index - b.index);
  const barLeft = (from: number) => Math.min(x(from), width - right - 3);
  const barWidth = (from: number, to: number) => Math.max(3, x(to) - x(from));
  const tapWidth = (from: number, to: number) => Math.max(24, barWidth(from, to));
  return (
    <div ref={frame} className="relative w-full" style={{ height }}>
      <svg aria-hidden="true" width={width} height={height} className="block">
        <text x={left - 10} y={y(timeline.cost) + 4} textAnchor="end" fontSize={11} fill="var(--color-faint)">
          {rowMoney(total)}
        </text>
        <line x1={left} x2={width - right} y1={y(0)} y2={y(0)} stroke="var(--color-line)" />
        <path d={`${path}H${width - right}V${y(0)}H${left}Z`} fill="var(--color-accent)" opacity={0.1} />
        <path d={last === undefined ? "" : path} fill="none" stroke="var(--color-accent)" strokeWidth={1.8} />
        {timeline.lanes.map((lane, row) => (
          <g key={lane.type} transform={`translate(0,${lanesTop + row * laneHeight})`}>
            <text x={left - 10} y={laneHeight / 2} dy="0.35em" textAnchor="end" fontSize={11} fill="var(--color-muted)">
              {lane.name}
            </text>
            <line x1={left} x2={width - right} y1={laneHeight / 2} y2={laneHeight / 2} stroke="var(--color-line)" />
            {lane.bars.map((bar) => (
              <rect key={bar.id} className="chart-segment" x={barLeft(bar.from)} y={5} width={barWidth(bar.from, bar.to)} height={laneHeight - 10} rx={2} fill={bar.failed ? "var(--color-danger)" : bar.unpriced ? "var(--color-warn-surface)" : seriesColour(laneSlots[lane.type] ?? null)} stroke={bar.unpriced ? "var(--color-warn)" : "var(--color-card)"} />
            ))}
          </g>
        ))}
        <text x={left} y={height - 6} fontSize={11} fill="var(--color-faint)">
          0
        </text>
        <text x={width - right} y={height - 6} fontSize={11} textAnchor="end" fill="var(--color-faint)">
          {duration(timeline.end - timeline.start)}
        </text>
      </svg>
      <div className="absolute inset-0">
        {bars.length > 0 && (
          <BucketLinks
            label="Interactions in time; arrows step, Enter opens the receipt"
            top={0}
            height={height}
            buckets={bars.map((bar) => ({ left: barLeft(bar.from) - (tapWidth(bar.from, bar.to) - barWidth(bar.from, bar.to)) / 2, width: tapWidth(bar.from, bar.to), top: lanesTop + bar.row * laneHeight + 1, height: laneHeight - 2, id: bar.id, ...describe(bar.index) }))}
            linkOf={(index) => linkOf(bars[index]?.index ?? 0)}
            renderTip={(index) => {
              const told = describe(bars[index]?.index ?? 0);
              return (
                <div className="flex flex-col gap-0.5">
                  <strong>{told.name}</strong>
                  {told.lines.map((line) => (
                    <span key={line}>{line}</span>
                  ))}
                </div>
              );
            }}
          />
        )}
      </div>
    </div>
  );
}
