import type { ReactNode } from "react";
import type { Series } from "../prepare/stack.ts";
import { MixedScripts } from "../ui/mixed-scripts.tsx";
import { seriesColour } from "./series-colour.ts";

type LegendProps = {
  series: readonly Series[];
  showsPrevious: boolean;
  showsAhead: boolean;
  showsOpen: boolean;
  showsUnpriced: boolean;
  note?: ReactNode;
};

/** What each colour, dash and hatch of a stacked chart means: only what is in the picture. */
export function Legend({ series, showsPrevious, showsAhead, showsOpen, showsUnpriced, note }: LegendProps) {
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted" aria-label="Legend">
      {series.map(({ key, name, slot }) => (
        <li key={key} className="flex min-w-0 items-center gap-1.5">
          <span className="own-colours size-2.5 shrink-0 rounded-sm" style={{ background: seriesColour(slot) }} />
          <bdi className="truncate">{name}</bdi>
          <MixedScripts text={name} />
        </li>
      ))}
      {showsUnpriced && (
        <Key name="some tokens without a price">
          <rect x="1" y="8" width="12" height="3" fill="var(--color-warn)" />
        </Key>
      )}
      {showsPrevious && (
        <Key name="compared period">
          <path d="M1 6h12" stroke="var(--color-mark)" strokeWidth="2" strokeDasharray="3 2" />
        </Key>
      )}
      {showsOpen && (
        <Key name="still open">
          <rect x="3" y="1" width="8" height="11" fill="var(--color-series-1)" opacity="0.5" />
        </Key>
      )}
      {showsAhead && (
        <Key name="forecast">
          <rect x="3.5" y="1.500" width="7" height="10" fill="none" stroke="var(--color-control-line)" strokeDasharray="2 2" />
        </Key>
      )}
      {note !== undefined && <li>{note}</li>}
    </ul>
  );
}

function Key({ name, children }: { name: string; children: ReactNode }) {
  return (
    <li className="flex items-center gap-1.5">
      <svg aria-hidden="true" width="14" height="13" className="own-colours">
        {children}
      </svg>
      {name}
    </li>
  );
}
