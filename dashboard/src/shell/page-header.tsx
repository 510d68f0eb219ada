import type { ReactNode } from "react";
import { useSlice } from "./slice-context.ts";
import { FilterBar } from "./filter-bar.tsx";
import { Freshness } from "./freshness.tsx";
import { PeriodPicker } from "./period-picker.tsx";
import { periodLabel } from "../prepare/period.ts";

type PageHeaderProps = {
  title: ReactNode;
  /** The page's name in the tab and the history. */
  name: string;
  actions?: ReactNode;
  /** Whether the page covers a period with filters. */
  hasSlice?: boolean;
  trail?: ReactNode;
};

/** The head of a page: its name, how fresh it is, what it covers. */
export function PageHeader({ title, name, actions, hasSlice = true, trail }: PageHeaderProps) {
  const { search, today, timeZone } = useSlice();
  return (
    <>
      <title>{`${name} · Tokentill`}</title>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0">
          {trail}
          <h1 className="text-xl font-bold break-words">{title}</h1>
        </div>
        <div className="ml-auto flex flex-wrap items-center justify-end gap-2 print-hidden">
          <Freshness />
          {actions}
        </div>
      </div>
      {hasSlice && (
        <div className="flex flex-wrap items-center gap-2 print-hidden">
          <PeriodPicker />
          <span className="inline-flex min-h-8 items-center rounded-control border border-line bg-card px-2.5 text-sm text-muted" title="Every day on this page begins and ends in this time zone">
            {timeZone}
          </span>
          <FilterBar />
        </div>
      )}
      <p className="print-only text-sm">
        {hasSlice && `${periodLabel(search, today)} · `}days in {timeZone} · {(search.f ?? []).join(", ") || "no filter"} · {window.location.href}
      </p>
    </>
  );
}
