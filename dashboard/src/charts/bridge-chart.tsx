import type { ReactNode } from "react";
import type { Bridge, BridgeBar } from "../prepare/bridge.ts";

const fills: Record<BridgeBar["kind"], string> = {
  total: "var(--color-series-other)",
  rise: "var(--color-series-2)",
  fall: "var(--color-series-3)",
  none: "var(--color-series-other)",
};

type BridgeChartProps = {
  bridge: Bridge;
  format: (bar: BridgeBar) => string;
  /** Wraps a step's name in a link to what lies behind it. */
  renderName?: (bar: BridgeBar) => ReactNode;
};

/** The bridge from one total to the next: a table whose middle column is drawn. */
export function BridgeChart({ bridge, format, renderName = ({ name }) => name }: BridgeChartProps) {
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">Each step from the compared total to this one</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Position</th>
          <th scope="col">Amount</th>
        </tr>
      </thead>
      <tbody>
        {bridge.bars.map((bar) => (
          <tr key={bar.key} className={bar.kind === "total" ? "font-semibold" : ""}>
            <th scope="row" className="py-1.5 pr-3 text-left [font-weight:inherit] text-muted">
              {renderName(bar)}
            </th>
            <td className="w-1/2 py-1.5" aria-hidden="true">
              <svg width="100%" height="14" className="block overflow-visible">
                <rect x={`${bar.left}%`} y="1" width={`${Math.max(bar.width, 0.6)}%`} height="12" rx="2" fill={fills[bar.kind]} />
              </svg>
            </td>
            <td className="num py-1.5 pl-3">{format(bar)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
