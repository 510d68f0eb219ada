import type { UseQueryResult } from "@tanstack/react-query";
import type { SessionDetail } from "../../api/model.ts";
import { SessionTimelineChart } from "../../charts/session-timeline-chart.tsx";
import { modelName, typeName } from "../../prepare/group-name.ts";
import { rowMoney } from "../../prepare/money.ts";
import { count, duration, plural } from "../../prepare/quantity.ts";
import { prepareTimeline } from "../../prepare/session-timeline.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { usePlainLink } from "../../shell/use-plain-link.ts";
import { Panel } from "../../ui/panel.tsx";

/** The session over time. */
export function SessionTimelinePanel({ query }: { query: UseQueryResult<SessionDetail> }) {
  const plainLink = usePlainLink();
  return (
    <Panel title="Timeline" query={query} minHeight={170} isEmpty={({ interactions }) => interactions.items.length === 0}>
      {({ interactions: { items, total_count }, reporting_time_zone, session }) => {
        const timeline = prepareTimeline(items);
        return (
          <figure className="flex flex-col gap-2">
            <figcaption className="text-sm text-muted">
              {plural(items.length, "interaction")} in {duration(timeline.end - timeline.start)}, adding up to {rowMoney(session.total_cost)}.{total_count > items.length && ` The first ${count(items.length)} of ${count(total_count)} are drawn.`}
            </figcaption>
            <SessionTimelineChart
              timeline={timeline}
              total={session.total_cost}
              describe={(index) => {
                const item = items[index];
                if (item === undefined) return { name: "", lines: [] };
                return {
                  name: `${zoneTime(item.timestamp, reporting_time_zone, "second")} ${item.model === "" ? typeName(item.type) : modelName(item.model)}`,
                  lines: [`cost ${rowMoney(item.total_cost)}, so far ${rowMoney(item.cumulative_cost)}`, ...(item.duration_ms === null ? [] : [`took ${duration(item.duration_ms)}`]), ...(item.status === "error" ? [`failed${item.error === null ? "" : `: ${item.error}`}`] : [])],
                };
              }}
              linkOf={(index) => plainLink({}, `/sessions/${encodeURIComponent(session.id)}/${encodeURIComponent(items[index]?.id ?? "")}`)}
            />
          </figure>
        );
      }}
    </Panel>
  );
}
