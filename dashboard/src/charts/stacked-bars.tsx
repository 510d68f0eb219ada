import { scaleBand, scaleLinear } from "@visx/scale";
import { BarRounded } from "@visx/shape";
import { compactCount } from "../prepare/quantity.ts";
import { position } from "../prepare/decimal.ts";
import type { Column, Stack } from "../prepare/stack.ts";
import { axisTicks, bucketNames, type Grain } from "../prepare/time-axis.ts";
import { type BucketLink, BucketLinks } from "./bucket-links.tsx";
import { seriesColour } from "./series-colour.ts";
import { useWidth } from "./use-width.ts";
import { ValueAxis, valueTicks } from "./value-axis.tsx";

/** Something that happened in a bucket, such as a price change. */
export type Mark = { bucket: number; text: string };

type StackedBarsProps = {
  stack: Stack;
  grain: Grain;
  label: string;
  /** Forecast totals of the buckets still to come. */
  ahead?: readonly { start: string; amount: string }[];
  marks?: readonly Mark[];
  height?: number;
  formatAxis: (value: number, step: number) => string;
  formatValue: (amount: string) => string;
  linkOf: (index: number) => BucketLink;
};

const margin = { top: 18, right: 4, bottom: 24, left: 52 };
const markHeight = 3;

/** Columns over time, stacked by series; what is open is pale, what is forecast is dashed, what has no price is marked below the axis. */
export function StackedBars({ stack, grain, label, ahead = [], marks = [], height = 300, formatAxis, formatValue, linkOf }: StackedBarsProps) {
  const [frame, width] = useWidth<HTMLDivElement>(600);
  const names = bucketNames(stack.columns.map(({ bucket }) => bucket.start), grain);
  const starts = [...stack.columns.map(({ bucket }) => bucket.start), ...ahead.map(({ start }) => start)];
  const x = scaleBand<number>({ domain: starts.map((_, index) => index), range: [margin.left, Math.max(margin.left + 1, width - margin.right)], paddingInner: starts.length > 60 ? 0.12 : 0.22, paddingOuter: 0.1 });
  const y = scaleLinear<number>({ domain: [0, stack.max || 1], range: [height - margin.bottom, margin.top], nice: 4 });
  const { ticks, step } = valueTicks(y);
  const base = y(0);
  const left = (index: number) => x(index) ?? margin.left;
  const band = Math.max(1, x.bandwidth());
  const lines = ({ bucket, segments }: Column) => [
    `total ${formatValue(bucket.total)}${bucket.complete ? "" : ", still open"}`,
    ...segments.toReversed().map(({ series, amount }) => `${series.name} ${formatValue(amount)}`),
    ...(bucket.unpriced > 0 ? [`${compactCount(bucket.unpriced)} tokens without a price, not in the total`] : []),
    ...(bucket.previous === null ? [] : [`compared with ${formatValue(bucket.previous)}`]),
  ];

  return (
    <div ref={frame} className="relative w-full" style={{ height }}>
      <svg aria-hidden="true" width={width} height={height} className="block overflow-visible">
        <ValueAxis scale={y} ticks={ticks} left={margin.left} right={width - margin.right} format={(value) => formatAxis(value, step)} />
        {stack.columns.map((column, index) => (
          <g key={column.bucket.start} opacity={column.bucket.complete ? 1 : 0.5}>
            {column.segments.map(({ series, low, high }, at) => {
              const top = y(high);
              // A pixel of the background keeps neighbours apart without a third colour.
              const tall = Math.max(0.75, y(low) - top - (at === 0 ? 0 : 1));
              return <BarRounded key={series.key} className="chart-segment" x={left(index)} y={top} width={band} height={tall} radius={Math.min(2, tall)} top={at === column.segments.length - 1} fill={seriesColour(series.slot)} />;
            })}
            {column.bucket.unpriced > 0 && <rect x={left(index)} y={base + 1.5} width={band} height={markHeight} fill="var(--color-warn)" />}
            {column.bucket.previous !== null && position(column.bucket.previous) > 0 && <PreviousTick x={left(index)} width={band} y={y(position(column.bucket.previous))} />}
          </g>
        ))}
        {ahead.map(({ start, amount }, index) => {
          const top = y(position(amount));
          return <rect key={start} x={left(stack.columns.length + index) + 0.5} y={top} width={Math.max(1, band - 1)} height={Math.max(0, base - top)} rx={2} fill="none" stroke="var(--color-control-line)" strokeDasharray="3 3" />;
        })}
        {marks.map(({ bucket, text }) => {
          const at = left(bucket);
          // The text turns to the side where it has room; where neither has, the legend's word must do.
          const flip = at > width / 2;
          const room = (flip ? at - margin.left : width - at) / 6.4;
          return (
            <g key={`${bucket}${text}`}>
              <line x1={at - 1} x2={at - 1} y1={margin.top - 14} y2={base} stroke="var(--color-mark)" strokeDasharray="1 2" />
              <text x={flip ? at - 6 : at + 4} y={margin.top - 6} fontSize={11} textAnchor={flip ? "end" : "start"} fill="var(--color-muted)">
                ▾ {text.length + 2 <= room ? text : "price change"}
              </text>
            </g>
          );
        })}
        {axisTicks(starts, grain, Math.max(2, Math.floor(width / 80))).map(({ index, label: text }) => (
          <text key={index} x={Math.min(left(index) + band / 2, width - 18)} y={height - 6} textAnchor="middle" fontSize={11} fill="var(--color-faint)">
            {text}
          </text>
        ))}
      </svg>
      <BucketLinks
        label={label}
        top={margin.top}
        height={height - margin.top - margin.bottom}
        buckets={stack.columns.map((column, index) => ({ left: left(index) - (x.step() - band) / 2, width: x.step(), id: column.bucket.start, name: names[index] ?? "", lines: lines(column) }))}
        linkOf={linkOf}
        renderTip={(index) => {
          const column = stack.columns[index];
          return column === undefined ? null : <StackTip column={column} name={names[index] ?? ""} formatValue={formatValue} />;
        }}
      />
    </div>
  );
}

/** Last period's value on this bucket: a short line with a halo, legible on any colour. */
function PreviousTick({ x, width, y }: { x: number; width: number; y: number }) {
  return (
    <g>
      <line x1={x - 1} x2={x + width + 1} y1={y} y2={y} stroke="var(--color-card)" strokeWidth={5} />
      <line x1={x} x2={x + width} y1={y} y2={y} stroke="var(--color-mark)" strokeWidth={2} strokeDasharray="3 2" />
    </g>
  );
}

function StackTip({ column, name, formatValue }: { column: Column; name: string; formatValue: (amount: string) => string }) {
  const { bucket, segments } = column;
  return (
    <div className="flex flex-col gap-1">
      <div className="flex justify-between gap-6 font-semibold">
        <span>{name}</span>
        <span>{formatValue(bucket.total)}</span>
      </div>
      {!bucket.complete && <div className="text-muted">still open</div>}
      {segments.toReversed().map(({ series, amount }) => (
        <div key={series.key} className="flex items-center justify-between gap-6">
          <span className="flex min-w-0 items-center gap-1.5">
            <span className="own-colours size-2.5 shrink-0 rounded-sm" style={{ background: seriesColour(series.slot) }} />
            <span className="truncate">{series.name}</span>
          </span>
          <span>{formatValue(amount)}</span>
        </div>
      ))}
      {bucket.unpriced > 0 && <div className="text-warn">{compactCount(bucket.unpriced)} tokens without a price, not in the total</div>}
      {bucket.previous !== null && <div className="text-muted">compared with {formatValue(bucket.previous)}</div>}
    </div>
  );
}
