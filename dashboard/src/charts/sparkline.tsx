import { scaleLinear } from "@visx/scale";
import { LinePath } from "@visx/shape";

type SparklineProps = {
  /** Positions only; null is a gap. */
  values: readonly (number | null)[];
  width?: number;
  height?: number;
  /** Whether the last point is still open: drawn apart. */
  openEnd?: boolean;
};

/** The shape of a series without its numbers, which stand beside it. */
export function Sparkline({ values, width = 84, height = 22, openEnd = false }: SparklineProps) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const x = scaleLinear<number>({ domain: [0, values.length - 1], range: [1.5, width - 2.5] });
  const y = scaleLinear<number>({ domain: [0, Math.max(...known) || 1], range: [height - 2, 2] });
  const points = values.map((value, index) => ({ index, value }));
  const settled = openEnd ? points.slice(0, -1) : points;
  const line = (data: typeof points, dash?: string) => (
    <LinePath data={data} x={({ index }) => x(index)} y={({ value }) => y(value ?? 0)} defined={({ value }) => value !== null} stroke="var(--color-accent)" strokeWidth={1.5} fill="none" {...(dash === undefined ? {} : { strokeDasharray: dash })} />
  );
  return (
    <svg aria-hidden="true" width={width} height={height} className="own-colours inline-block align-middle">
      {line(settled)}
      {openEnd && line(points.slice(-2), "2 2")}
    </svg>
  );
}
