import { useQuery } from "@tanstack/react-query";
import { rejectionsQuery } from "../../api/queries/ledger.ts";
import { plural } from "../../prepare/quantity.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { Badge } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";

/** Events that their sender believes recorded, and that are in no total: the queue's late refusals. */
export function Rejections({ timeZone }: { timeZone: string }) {
  const rejections = useQuery(rejectionsQuery);
  return (
    <Panel title="Not taken, after the sender had an answer" query={rejections} minHeight={40}>
      {({ items, total }) =>
        items.length === 0 ? (
          <p className="text-sm text-muted">None. Where a queue takes events in, one that is refused later is listed here: its sender is not told any more.</p>
        ) : (
          <>
            <p className="text-sm text-muted">{plural(total, "event")} {total === 1 ? "is" : "are"} in no total, though the sender had an answer.{total > items.length && ` The newest ${items.length}:`}</p>
            <DataTable
              caption="Events that were not taken"
              rows={items}
              rowKey={({ received_at, interaction_id }) => `${received_at}/${interaction_id}`}
              columns={[
                { key: "when", name: "Received", cell: ({ received_at }) => zoneTime(received_at, timeZone) },
                { key: "id", name: "Interaction", cell: ({ interaction_id }) => <code className="text-xs break-all">{interaction_id}</code> },
                { key: "source", name: "Source", from: "md", cell: ({ source }) => source },
                { key: "why", name: "Why", cell: ({ problem, detail }) => <span className="inline-flex flex-wrap items-center gap-1.5"><Badge tone="danger">{problem}</Badge>{detail}</span> },
              ]}
            />
          </>
        )
      }
    </Panel>
  );
}
