import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { dailyQuery, userQuery } from "../../api/queries/stats.ts";
import { dayLabel } from "../../prepare/day.ts";
import { groupName } from "../../prepare/group-name.ts";
import { tileMoney } from "../../prepare/money.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { ExportMenu } from "../../shell/export-menu.tsx";
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
  const { userId } = useParams({ from: "/shell/users/$userId" });
  const { query, range } = useSlice();
  const search = useSearch({ from: "/shell/users/$userId" });
  const user = useQuery(userQuery(userId, query, search.tenant));
  const own = { start_date: query.start_date, end_date: query.end_date, user_id: userId, ...(search.tenant === undefined ? {} : { tenant_id: search.tenant }) };
  const daily = useQuery(dailyQuery(chartQuery({ ...own, compare: query.compare ?? "none" }, range, search, "model")));
  const name = user.data === undefined ? userId : groupName(user.data.user);
  return (
    <>
      <PageHeader
        name={name}
        title={name}
        hasFilters={false}
        actions={<ExportMenu kind="daily" groupBy="model" own={{ user_id: userId, ...(search.tenant === undefined ? {} : { tenant_id: search.tenant }) }} />}
        trail={
          <span className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
            <Link to="/users" className="link">
              ← Users
            </Link>
            {name !== userId && <span className="font-mono text-xs break-all">{userId}</span>}
          </span>
        }
      />
      <SliceFacts
        query={user}
        more={({ distinct, lifetime }) => [
          ["Sessions", count(distinct.session_count)],
          ["Since the first day", `${tileMoney(lifetime.figures.total_cost)} in ${plural(lifetime.session_count, "session")}`],
          ["First and last seen", lifetime.first_day === null || lifetime.last_day === null ? "—" : `${dayLabel(lifetime.first_day, "withYear")} – ${dayLabel(lifetime.last_day, "withYear")}`],
        ]}
      />
      <DailyPanel query={daily} search={search} defaultBy="model" ledgerIsEmpty={false} of="user" />
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
      <TopSessions own={[{ dimension: "user", value: userId }]} keepsFilters={false} />
    </>
  );
}
