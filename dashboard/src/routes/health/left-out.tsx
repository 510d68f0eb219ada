import { useQuery } from "@tanstack/react-query";
import { leftOutQuery } from "../../api/queries/ledger.ts";
import { dayLabel } from "../../prepare/day.ts";
import { count } from "../../prepare/quantity.ts";
import { Badge } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";

/** What the reasons mean; a reason that is not here is shown as it is. */
const meanings: Record<string, string> = {
  beyond_trace_memory: "Of a trace longer than is remembered: counted as it stands, and perhaps twice",
  background: "Database operations of no request",
  further_reasons: "Further reasons",
  inner_call: "Inside of another call that shows the same tokens",
  no_interaction: "Nothing that costs",
  other_source: "Another source counts these",
  probe: "Health checks",
  "refused:declared_cost_limit": "Refused: its key declared more than it may for one day",
  "refused:full_sum": "Refused: a sum holds no more",
  scaffolding: "Steps around the calls",
  sum_of_calls: "Sums of the calls below them",
  unread_model_span: "Looks like a call of a model, and is not understood",
  untold_tool: "A tool whose name cannot be told",
};

function meaning(reason: string): string {
  return meanings[reason] ?? reason.replace(/^refused:/, "Refused: ");
}

/** What traces held and the ledger did not take, by its reason: what may hide money first. */
export function LeftOut() {
  const leftOut = useQuery(leftOutQuery);
  return (
    <Panel title="What was not taken, and why" query={leftOut} minHeight={40}>
      {({ items, is_complete }) =>
        items.length === 0 ? (
          <p className="text-sm text-muted">Nothing in the last thirty days: all that traces held was taken.</p>
        ) : (
          <>
            <p className="text-sm text-muted">Parts of traces of the last thirty days, by what sent them. Most stand around the calls and cost nothing; money may be missing where it says “look”.</p>
            <DataTable
              caption="What was not taken, by reason"
              rows={items.toSorted((a, b) => Number(b.is_worth_a_look) - Number(a.is_worth_a_look))}
              rowKey={({ key_id, source, reason }) => `${key_id}/${source}/${reason}`}
              columns={[
                { key: "why", name: "Why", cell: ({ reason, is_worth_a_look }) => <span className="inline-flex flex-wrap items-center gap-1.5">{is_worth_a_look && <Badge tone="warn">look</Badge>}<span>{meaning(reason)}</span></span> },
                { key: "count", name: "Spans", numeric: true, cell: (item) => count(item.count) },
                { key: "key", name: "Key", from: "md", cell: ({ key_id, source }) => <span className="flex flex-col"><code className="text-xs break-all">{key_id}</code><span className="text-xs text-faint">{source}</span></span> },
                { key: "last", name: "Last", from: "sm", cell: ({ last_day }) => dayLabel(last_day, "withYear") },
                { key: "example", name: "Names in one of them", from: "md", cell: ({ example }) => <code className="text-xs break-all">{example}</code> },
              ]}
            />
            {!is_complete && <p className="text-sm text-muted">There is more than this list holds.</p>}
          </>
        )
      }
    </Panel>
  );
}
