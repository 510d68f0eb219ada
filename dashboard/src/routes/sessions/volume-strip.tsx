import { useQuery } from "@tanstack/react-query";
import { dailyQuery } from "../../api/queries/stats.ts";
import { StackedBars } from "../../charts/stacked-bars.tsx";
import { dailyStack, metricForms } from "../../prepare/daily-chart.ts";
import { bucketRange } from "../../prepare/period.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { usePlainLink } from "../../shell/use-plain-link.ts";
import { Panel } from "../../ui/panel.tsx";
import { volumeQuery } from "./session-queries.ts";

/** When it happened: a thin strip of interactions that narrows the period by a click or by Enter. */
export function VolumeStrip() {
  const { query, range, today } = useSlice();
  const plainLink = usePlainLink();
  const daily = useQuery(dailyQuery(volumeQuery(query, range)));
  if (daily.data !== undefined && daily.data.total.interaction_count === 0) return null;
  return (
    <Panel title={`Interactions per ${daily.data?.granularity ?? "day"}`} query={daily} minHeight={100}>
      {(data) => (
        <figure>
          <figcaption className="sr-only">{plural(data.total.interaction_count, "interaction")} over the period, by {data.granularity}.</figcaption>
          <StackedBars
            stack={dailyStack(data, "interactions", today).stack}
            grain={data.granularity}
            height={100}
            label={`Interactions per ${data.granularity}; arrows step, Enter narrows the period`}
            formatAxis={(value) => (Number.isInteger(value) ? count(value) : "")}
            formatValue={metricForms.interactions.format}
            linkOf={(index) => {
              const bucket = data.buckets[index];
              const days = bucket === undefined ? range : bucketRange(bucket.start_date, data.granularity, range);
              return plainLink({ p: undefined, ...days, skip: undefined });
            }}
          />
        </figure>
      )}
    </Panel>
  );
}
