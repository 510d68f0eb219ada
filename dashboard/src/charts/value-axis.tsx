import { type scaleLinear } from "@visx/scale";

type ValueAxisProps = {
  scale: ReturnType<typeof scaleLinear<number>>;
  ticks: readonly number[];
  left: number;
  right: number;
  format: (value: number) => string;
};

/** Horizontal lines with their values: the only grid a chart has. */
export function ValueAxis({ scale, ticks, left, right, format }: ValueAxisProps) {
  return (
    <g>
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(0,${scale(tick)})`}>
          <line x1={left} x2={right} stroke="var(--color-line)" strokeWidth={1} shapeRendering="crispEdges" />
          <text x={left - 8} dy="0.32em" textAnchor="end" fontSize={11} fill="var(--color-faint)">
            {format(tick)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** A scale's own ticks, at most four, from zero. */
export function valueTicks(scale: ReturnType<typeof scaleLinear<number>>): { ticks: number[]; step: number } {
  const ticks = scale.ticks(4);
  return { ticks, step: (ticks[1] ?? 1) - (ticks[0] ?? 0) };
}
