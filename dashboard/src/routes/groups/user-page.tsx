import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { dailyQuery, userQuery } from "../../api/queries/stats.ts";
import { dayLabel } from "../../prepare/day.ts";
import { groupName } from "../../prepare/group-name.ts";
import { tileMoney } from "../../prepare/money.ts";
import { count } from "../../prepare/quantity.ts";
import type { ChartSearch, SharedSearch } from "../../prepare/search.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Panel } from "../../ui/panel.tsx";
import { DailyPanel } from "../daily-panel.tsx";
import { chartQuery } from "../overview/overview-queries.ts";
import { HourMap } from "./hour-map.tsx";
import { SliceFacts } from "./slice-facts.tsx";
import { SliceList } from "./slice-list.tsx";
import { TopSessions } from "./top-sessions.tsx";

/** One person: what they spend, on what, and when. */
export function UserPage(): ReactElement {
  const { userId } = useParams({ strict: false }) as { userId: string };
  const { query, range } = useSlice();
  const search = useSearch({ strict: false }) as ChartSearch & SharedSearch;
  const user = useQuery(userQuery(userId, query, search.tenant));
  const own = { start_date: query.start_date, end_date: query.end_date, user_id: userId, ...(search.tenant === undefined ? {} : { tenant_id: search.tenant }) };
  const daily = useQuery(dailyQuery(chartQuery({ ...own, compare: query.compare ?? "none" }, range, search, "model")));
  const hasOtherFilters = (search.f ?? []).some((text) => !text.startsWith("user:"));
  return (
    <>
      <PageHeader
        name={userId}
        title={user.data === undefined ? userId : groupName(user.data.user)}
        trail={
          <Link to="/users" className="link text-sm">
            ← Users
          </Link>
        }
      />
      {hasOtherFilters && <p className="text-sm text-muted">This page shows all of this user's spending: filters by model, agent, provider or type do not apply to it.</p>}
      <SliceFacts
        query={user}
        more={({ distinct, lifetime }) => [
          ["Sessions", count(distinct.session_count)],
          ["Ever", `${tileMoney(lifetime.figures.total_cost)} in ${count(lifetime.session_count)} sessions`],
          ["First and last seen", lifetime.first_day === null || lifetime.last_day === null ? "—" : `${dayLabel(lifetime.first_day, "withYear")} – ${dayLabel(lifetime.last_day, "withYear")}`],
        ]}
      />
      <DailyPanel query={daily} search={search} defaultBy="model" ledgerIsEmpty={false} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Panel title="By model" query={user} minHeight={160}>
          {({ by_model }) => <SliceList slices={by_model} caption="This user's spending by model" name="Model" />}
        </Panel>
        <Panel title="By agent" query={user} minHeight={160}>
          {({ by_agent }) => <SliceList slices={by_agent} caption="This user's spending by agent" name="Agent" />}
        </Panel>
      </div>
      <Panel title="When" query={user} minHeight={195} isEmpty={({ hours }) => hours.length === 0}>
        {({ hours, reporting_time_zone }) => <HourMap hours={hours} timeZone={reporting_time_zone} />}
      </Panel>
      <TopSessions query={own} filters={[{ dimension: "user", value: userId }]} />
    </>
  );
}
