import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { unreadFieldsQuery } from "../../api/queries/accuracy.ts";
import { unpricedQuery } from "../../api/queries/prices.ts";
import { useCaller } from "../../api/caller.ts";
import { dayLabel, lastDays } from "../../prepare/day.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { type UnreadRow, unreadDays, unreadRows } from "../../prepare/unread-fields.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { OverrideDrawer, type OverrideTarget } from "../prices/override-drawer.tsx";
import { RerateOffer } from "../prices/rerate-offer.tsx";
import { AllCounted } from "./all-counted.tsx";
import { NotCountedTabs } from "./not-counted-tabs.tsx";

/** What a price for such a number is set for: whatever model of its provider reports it. */
function targetOf(open: NonNullable<UnreadRow["open"]>, from: string, rate: string): OverrideTarget {
  return { ...open, model: "", service_tier: "standard", region: "", min_context: 0, schedule: "", rate, per: 1, from, isOverride: false, isNew: true };
}

/** What a report about a field can hold: its name, where it was seen and how often, and nothing of a person. */
function reportText(rows: readonly UnreadRow[]): string {
  return rows.map(({ field: { field, provider, source, interaction_count, last_day } }) => `${field}\t${provider}\t${source}\t${plural(interaction_count, "interaction")}\tlast ${last_day}`).join("\n");
}

/** Numbers of usage reports that no rule knows: they are kept, and their cost is in no total until they have a meaning. */
export function UnreadPage(): ReactElement {
  const { today } = useSlice();
  const unread = useQuery(unreadFieldsQuery(lastDays(today, unreadDays)));
  const { mayChange } = useCaller({ asks: true });
  const [target, setTarget] = useState<OverrideTarget | null>(null);
  return (
    <>
      <PageHeader title="Not counted" name="Not read" hasSlice={false} />
      <NotCountedTabs />
      <p className="max-w-prose text-sm text-muted">
        A provider reported these numbers, and no rule says what they are. They are kept as they came; what else an interaction used is in the totals. Say what one costs, or that it costs nothing, and its interactions are complete.
      </p>
      <Panel query={unread} minHeight={150} title="What we could not read">
        {({ items, period, is_complete }) =>
          items.length === 0 ? (
            <AllCounted title="Everything that arrived was read" since={period.start_date} />
          ) : (
            <>
              <Fields items={items} onPrice={mayChange ? setTarget : null} />
              {!is_complete && <p className="text-sm text-muted">There are more than this list holds: the most frequent ones are here.</p>}
              {mayChange && (
                <div className="flex flex-col gap-2 border-t border-line pt-3">
                  <p className="max-w-prose text-sm text-muted">Once a field has a price, or a newer release has read it, what is recorded can be estimated again.</p>
                  <RerateOffer wish={{ start_date: items.map(({ first_day }) => first_day).toSorted()[0] ?? today, end_date: today, flag: "unread_usage", reason: "a field that was not read has a meaning now", dry_run: false }} label="See what estimating again would change" />
                </div>
              )}
            </>
          )
        }
      </Panel>
      <OverrideDrawer target={target} onClose={() => setTarget(null)} />
    </>
  );
}

function Fields({ items, onPrice }: { items: readonly UnreadRow["field"][]; onPrice: ((target: OverrideTarget) => void) | null }) {
  const unpriced = useQuery(unpricedQuery).data;
  const rows = unreadRows(items, unpriced?.items ?? []);
  return (
    <>
      <DataTable
        caption="Numbers that were not read"
        rows={rows}
        rowKey={({ field: { field, provider, source } }) => `${provider}/${source}/${field}`}
        columns={[
          {
            key: "field",
            name: "Field",
            cell: ({ field: { field }, open }) => (
              <span className="flex flex-wrap items-center gap-1.5">
                <code className="font-mono text-xs break-all">{field}</code>
                {unpriced !== undefined && open === null && <Badge tone="good">has a price</Badge>}
              </span>
            ),
          },
          { key: "provider", name: "Reported by", cell: ({ field: { provider, source } }) => <span className="flex flex-col"><span>{provider || "no provider"}</span><span className="text-xs text-faint">{source}</span></span> },
          {
            key: "count",
            name: "Interactions",
            numeric: true,
            cell: ({ field: { interaction_count, example_id } }) => (
              <span className="flex flex-col items-end">
                <span>{count(interaction_count)}</span>
                <Link to="/interactions/$interactionId" params={{ interactionId: example_id }} className="link text-xs" data-row-link>
                  one of them
                </Link>
              </span>
            ),
          },
          { key: "seen", name: "Last day", numeric: true, from: "sm", cell: ({ field: { last_day } }) => dayLabel(last_day, "withYear") },
          ...(onPrice === null ? [] : [{
            key: "act",
            name: <span className="sr-only">Give it a meaning</span>,
            numeric: true,
            cell: ({ field: { field, first_day }, open }: UnreadRow) => open !== null && (
              <span className="inline-flex flex-wrap justify-end gap-1">
                <Button onClick={() => onPrice(targetOf(open, first_day, "0"))} aria-label={`Costs nothing: ${field}`}>
                  Costs nothing…
                </Button>
                <Button look="primary" onClick={() => onPrice(targetOf(open, first_day, ""))} aria-label={`Say what it costs: ${field}`}>
                  Say what it costs…
                </Button>
              </span>
            ),
          }]),
        ]}
      />
      <div>
        <CopyButton text={reportText(rows)} label="Copy for a report: names and counts, no content" />
      </div>
    </>
  );
}
