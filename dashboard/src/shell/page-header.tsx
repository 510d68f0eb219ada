import type { ReactNode } from "react";
import { useSlice } from "./slice-context.ts";
import { FilterBar } from "./filter-bar.tsx";
import { Freshness } from "./freshness.tsx";
import { PrintedMoment } from "./printed-moment.tsx";
import { MixedScripts } from "../ui/mixed-scripts.tsx";
import { plural } from "../prepare/quantity.ts";
import { PeriodPicker } from "./period-picker.tsx";
import { periodLabel } from "../prepare/period.ts";

type PageHeaderProps = {
  title: ReactNode;
  /** The page's name in the tab and the history. */
  name: string;
  actions?: ReactNode;
  /** Whether the page covers a period with filters. */
  hasSlice?: boolean;
  /** Whether the address's filters hold on this page. */
  hasFilters?: boolean;
  trail?: ReactNode;
};

/** The head of a page: its name, how fresh it is, what it covers. */
export function PageHeader({ title, name, actions, hasSlice = true, hasFilters = true, trail }: PageHeaderProps) {
  const { search, calendar, timeZone } = useSlice();
  const ignored = hasFilters ? [] : (search.f ?? []).filter((text) => !text.startsWith("user:"));
  return (
    <>
      <title>{`${name} · Tokentill`}</title>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0">
          {trail}
          <h1 tabIndex={-1} className="text-xl font-bold break-words outline-none"><bdi>{title}</bdi> <MixedScripts text={name} /></h1>
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
          {hasFilters && <FilterBar />}
          {ignored.length > 0 && <span className="text-sm text-muted">All of this user's spending: {plural(ignored.length, "filter")} of the page before {ignored.length === 1 ? "does" : "do"} not apply here.</span>}
        </div>
      )}
      <p className="print-only text-sm">
        {hasSlice && `${periodLabel(search, calendar)} · `}days in {timeZone} · {hasFilters ? (search.f ?? []).join(", ") || "no filter" : "this user only"} · <PrintedMoment /> · {window.location.href}
      </p>
    </>
  );
}
