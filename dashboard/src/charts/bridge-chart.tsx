import type { ReactNode } from "react";
import type { Bridge, BridgeBar } from "../prepare/bridge.ts";

/** Spending more is no error: a rise and a fall differ by their hue and their sign, not by good and bad. */
const fills: Record<BridgeBar["kind"], string> = {
  total: "var(--color-series-other)",
  rise: "var(--color-series-1)",
  fall: "var(--color-series-5)",
  none: "var(--color-series-other)",
};

type BridgeChartProps = {
  bridge: Bridge;
  format: (bar: BridgeBar) => string;
  /** A step's name, with the way to what lies behind it. */
  renderName?: (bar: BridgeBar) => ReactNode;
  /** What stands under a step that was opened. */
  renderDetail?: (bar: BridgeBar) => ReactNode;
};

/** The bridge from one total to the next: a table whose middle column is drawn. */
export function BridgeChart({ bridge, format, renderName = ({ name }) => name, renderDetail = () => null }: BridgeChartProps) {
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
      {bridge.bars.map((bar) => {
        const detail = renderDetail(bar);
        return (
          <tbody key={bar.key}>
            <tr className={bar.kind === "total" ? "font-semibold" : ""}>
              <th scope="row" className="py-1.5 pr-3 text-left [font-weight:inherit] text-muted">
                {renderName(bar)}
              </th>
              <td className="w-2/5 py-1.5" aria-hidden="true">
                <svg width="100%" height="14" className="own-colours block overflow-visible">
                  <rect x={`${bar.left}%`} y="1" width={`${Math.max(bar.width, 0.6)}%`} height="12" rx="2" fill={fills[bar.kind]} />
                  {/* The gap says that the bar begins further to the left than the axis. */}
                  {bridge.isCut && bar.kind === "total" && <path d="M7 0l-3 5 4 4-3 5" stroke="var(--color-card)" strokeWidth="2.5" fill="none" />}
                </svg>
              </td>
              <td className="num py-1.5 pl-3">{format(bar)}</td>
            </tr>
            {detail !== null && (
              <tr>
                <td colSpan={3} className="pb-2 pl-4">
                  {detail}
                </td>
              </tr>
            )}
          </tbody>
        );
      })}
    </table>
  );
}
