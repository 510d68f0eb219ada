import { scaleLinear } from "@visx/scale";
import { axisMoney } from "../prepare/money.ts";
import { type PriceLine, priceWindow } from "../prepare/price-steps.ts";
import { zoneTime } from "../prepare/zone-time.ts";
import { seriesColour } from "./series-colour.ts";
import { useWidth } from "./use-width.ts";
import { ValueAxis, valueTicks } from "./value-axis.tsx";

const margin = { top: 10, right: 12, bottom: 22, left: 56 };

type PriceStepsChartProps = { lines: readonly PriceLine[]; now: number; timeZone: string; height?: number };

/** Prices as steps: flat while in force, a jump where one ended and the next began. The table beside it has the numbers. */
export function PriceStepsChart({ lines, now, timeZone, height = 180 }: PriceStepsChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>(500);
  const { from, to } = priceWindow(lines, now);
  const x = scaleLinear<number>({ domain: [from, to], range: [margin.left, Math.max(margin.left + 10, width - margin.right)] });
  const y = scaleLinear<number>({ domain: [0, Math.max(...lines.flatMap(({ steps }) => steps.map(({ value }) => value)), 0) || 1], range: [height - margin.bottom, margin.top], nice: 4 });
  const { ticks, step } = valueTicks(y);
  return (
    <div ref={frame} className="w-full" style={{ height }}>
      <svg aria-hidden="true" width={width} height={height} className="block">
        <ValueAxis scale={y} ticks={ticks} left={margin.left} right={width - margin.right} format={(value) => axisMoney(value, step)} />
        {lines.map((line, index) => (
          <g key={line.key} stroke={seriesColour(index < 6 ? index + 1 : null)} fill="none">
            {line.steps.map((one) => (
              <line key={one.id} x1={x(Math.max(from, one.from ?? from))} x2={x(Math.min(to, one.to ?? to))} y1={y(one.value)} y2={y(one.value)} strokeWidth={2.5} strokeLinecap="round" {...(one.from === null ? { strokeDasharray: "6 4" } : {})} />
            ))}
            {line.steps.slice(1).map((one, at) => {
              const before = line.steps[at];
              if (before === undefined || one.from === null || before.to !== one.from) return null;
              return <line key={one.id} x1={x(one.from)} x2={x(one.from)} y1={y(before.value)} y2={y(one.value)} strokeWidth={1.2} />;
            })}
          </g>
        ))}
        {[from, to].map((at, index) => (
          <text key={at} x={index === 0 ? margin.left : width - margin.right} y={height - 5} fontSize={11} textAnchor={index === 0 ? "start" : "end"} fill="var(--color-faint)">
            {zoneTime(new Date(at).toISOString(), timeZone, "day")}
          </text>
        ))}
      </svg>
    </div>
  );
}
