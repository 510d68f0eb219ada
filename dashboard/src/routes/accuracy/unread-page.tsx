import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { unpricedQuery } from "../../api/queries/prices.ts";
import { useCaller } from "../../api/caller.ts";
import { dayLabel } from "../../prepare/day.ts";
import { modelName, typeName } from "../../prepare/group-name.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { unreadField, unreadNumbers } from "../../prepare/unread-fields.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { OverrideDrawer, type OverrideTarget } from "../prices/override-drawer.tsx";
import { AllCounted } from "./all-counted.tsx";
import { NotCountedTabs } from "./not-counted-tabs.tsx";

type Unread = ReturnType<typeof unreadNumbers>[number];

/** What a price for such a number is set for. */
function targetOf({ unpriced, missing }: Unread, rate: string): OverrideTarget {
  return { ...missing, region: "", min_context: 0, schedule: "", rate, per: 1, from: unpriced.first_day, isOverride: false, isNew: true };
}

/** What a report about a field can hold: its name, where it was seen and how often, and nothing of a person. */
function reportText(unread: readonly Unread[]): string {
  return unread.map(({ unpriced, missing }) => `${unreadField(missing.resource_type)}\t${missing.provider}/${missing.model}\t${plural(unpriced.unpriced_count + unpriced.partial_count, "interaction")}\tlast ${unpriced.last_day}`).join("\n");
}

/** Numbers of usage reports that no rule knows: they are kept, and their cost is in no total until they have a meaning. */
export function UnreadPage(): ReactElement {
  const unpriced = useQuery(unpricedQuery);
  const { mayChange } = useCaller({ asks: true });
  const [target, setTarget] = useState<OverrideTarget | null>(null);
  return (
    <>
      <PageHeader title="Not counted" name="Not read" hasSlice={false} />
      <NotCountedTabs />
      <p className="max-w-prose text-sm text-muted">
        A provider reported these numbers, and no rule says what they are. They are kept as they came; what else an interaction used is in the totals. Say what one costs, or that it costs nothing, and its interactions are complete.
      </p>
      <Panel query={unpriced} minHeight={150} title={unpriced.data === undefined ? "What we could not read" : plural(unreadNumbers(unpriced.data.items).length, "field")}>
        {({ items, since }) => {
          const unread = unreadNumbers(items);
          if (unread.length === 0) return <AllCounted title="Everything that arrived was read" since={since} />;
          return (
            <>
              <DataTable
                caption="Numbers that were not read"
                rows={unread}
                rowKey={({ unpriced: one, missing }) => `${missing.provider}/${missing.model}/${one.type}/${missing.resource_type}`}
                columns={[
                  { key: "field", name: "Field", cell: ({ missing }) => <code className="font-mono text-xs break-all">{unreadField(missing.resource_type)}</code> },
                  {
                    key: "model",
                    name: "Reported by",
                    cell: ({ unpriced: one, missing }) => (
                      <span className="flex flex-col">
                        <Link to="/models/$modelId" params={{ modelId: `${missing.provider}/${missing.model}` }} search={(old: object) => ({ ...old, p: "all" as const })} className="link truncate" data-row-link>
                          {modelName(missing.model, missing.provider)}
                        </Link>
                        <span className="text-xs text-faint">{[missing.provider, typeName(one.type)].filter((part) => part !== "").join(" · ")}</span>
                      </span>
                    ),
                  },
                  { key: "count", name: "Interactions", numeric: true, cell: ({ unpriced: one }) => count(one.unpriced_count + one.partial_count) },
                  { key: "seen", name: "Seen", numeric: true, from: "sm", cell: ({ unpriced: one }) => `${dayLabel(one.first_day)} – ${dayLabel(one.last_day, "withYear")}` },
                  ...(mayChange ? [{
                    key: "act",
                    name: <span className="sr-only">Give it a meaning</span>,
                    numeric: true,
                    cell: (one: Unread) => (
                      <span className="inline-flex flex-wrap justify-end gap-1">
                        <Button onClick={() => setTarget(targetOf(one, "0"))} aria-label={`Costs nothing: ${unreadField(one.missing.resource_type)}`}>
                          Costs nothing…
                        </Button>
                        <Button look="primary" onClick={() => setTarget(targetOf(one, ""))} aria-label={`Say what it costs: ${unreadField(one.missing.resource_type)}`}>
                          Say what it costs…
                        </Button>
                      </span>
                    ),
                  }] : []),
                ]}
              />
              <div>
                <CopyButton text={reportText(unread)} label="Copy for a report: names and counts, no content" />
              </div>
            </>
          );
        }}
      </Panel>
      <OverrideDrawer target={target} onClose={() => setTarget(null)} />
    </>
  );
}
