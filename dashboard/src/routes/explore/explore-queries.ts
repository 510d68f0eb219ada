import type { SliceQuery } from "../../api/queries/stats.ts";
import type { DailyQuery } from "../../api/queries/stats.ts";
import type { Range } from "../../prepare/period.ts";
import type { ChartSearch } from "../../prepare/search.ts";
import { chartQuery } from "../overview/overview-queries.ts";

/** What Explore asks for: the chart's few groups, then the table's many. */
export function exploreQueries(query: SliceQuery, range: Range, search: ChartSearch): [drawn: DailyQuery, listed: DailyQuery] {
  const drawn = chartQuery(query, range, search, "model");
  return [drawn, { ...drawn, top: 25 }];
}
