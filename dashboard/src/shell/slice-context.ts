import { useSuspenseQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { watermarkQuery } from "../api/queries/ledger.ts";
import type { SliceQuery } from "../api/queries/stats.ts";
import { sliceQuery } from "../prepare/slice-query.ts";
import { type Calendar, type Range, rangeOf } from "../prepare/period.ts";
import type { SharedSearch } from "../prepare/search.ts";

/** What a page covers, as the URL and the server's calendar say. */
export type Slice = {
  search: SharedSearch;
  range: Range;
  /** Range, filters and comparison as the API takes them. */
  query: SliceQuery & { start_date: string; end_date: string };
  /** The open day in the reporting zone. */
  today: string;
  calendar: Calendar;
  timeZone: string;
};

/** The slice of the page; the shell has loaded the watermark before any page renders. */
export function useSlice(): Slice {
  const search = useSearch({ from: "/shell" });
  const { data } = useSuspenseQuery({ ...watermarkQuery, select: ({ today, first_day, reporting_time_zone }) => ({ calendar: { today, firstDay: first_day }, timeZone: reporting_time_zone }) });
  const { calendar, timeZone } = data;
  return { search, range: rangeOf(search, calendar), query: sliceQuery(search, calendar), today: calendar.today, calendar, timeZone };
}
