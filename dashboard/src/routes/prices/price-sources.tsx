import { useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import type { components } from "../../api/pricing-schema.d.ts";
import { conflictsQuery, pricesKey, runSync } from "../../api/queries/prices.ts";
import { resourceName } from "../../prepare/group-name.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { unitPrice } from "../../prepare/receipt.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";

type Schemas = components["schemas"];
type Source = NonNullable<Schemas["SyncRequest"]["source"]>;
const syncable: readonly Source[] = ["snapshot", "litellm", "genai-prices", "models.dev", "openrouter", "cloudflare"];

/** Where prices come from, when each source last answered, and where they contradict each other. */
export function PriceSources({ query, mayChange }: { query: UseQueryResult<Schemas["SourceList"]>; mayChange: boolean }) {
  const { timeZone } = useSlice();
  const client = useQueryClient();
  const conflicts = useQuery(conflictsQuery);
  const sync = useMutation({
    mutationFn: runSync,
    onSuccess: async ({ dry_run }) => {
      if (!dry_run) await client.invalidateQueries({ queryKey: pricesKey });
    },
  });
  return (
    <>
      <Panel query={query} minHeight={220} title="Sources">
        {({ items, price_book_version }) => (
          <>
            <p className="text-sm text-muted">Price book version {price_book_version}. An operator's override goes first, then each source in its order.</p>
            <DataTable
              caption="Price sources"
              rows={items}
              rowKey={({ source }) => source}
              columns={[
                { key: "source", name: "Source", cell: ({ source, stale, last_error }) => <span className="inline-flex flex-wrap items-center gap-1">{source}{stale && <Badge tone="warn">stale</Badge>}{last_error !== null && <Badge tone="danger" title={last_error}>failed</Badge>}</span> },
                { key: "models", name: "Models in its list", numeric: true, from: "sm", cell: ({ model_count }) => (model_count === 0 ? <span className="text-faint">—</span> : count(model_count)) },
                { key: "open", name: "Prices in force", numeric: true, cell: ({ open_rates }) => count(open_rates) },
                { key: "checked", name: "Last answer", cell: ({ checked_at }) => (checked_at === null ? "never" : zoneTime(checked_at, timeZone)) },
                { key: "changed", name: "Changed", from: "md", cell: ({ changed_at }) => (changed_at === null ? "—" : zoneTime(changed_at, timeZone)) },
                ...(mayChange ? [{
                  key: "act",
                  name: <span className="sr-only">Sync</span>,
                  numeric: true,
                  cell: ({ source }: Schemas["SourceList"]["items"][number]) => {
                    const known = syncable.find((one) => one === source);
                    if (known === undefined) return null;
                    return (
                      <span className="inline-flex flex-wrap justify-end gap-1">
                        <Button disabled={sync.isPending} onClick={() => sync.mutate({ source: known, dry_run: true })} aria-label={`Dry run of a sync of ${source}`}>
                          Dry run
                        </Button>
                        <Button disabled={sync.isPending} onClick={() => sync.mutate({ source: known })} aria-label={`Sync ${source} now`}>
                          Sync
                        </Button>
                      </span>
                    );
                  },
                }] : []),
              ]}
            />
            <p role="status" className="text-sm text-muted">
              {sync.isPending && "Asking…"}
              {sync.error !== null && <span className="text-danger">{sync.error.message}</span>}
              {sync.data !== undefined && !sync.isPending && outcome(sync.data)}
            </p>
          </>
        )}
      </Panel>
      <Panel query={conflicts} minHeight={60} title="Where sources differ">
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-sm text-muted">No source differs by more than one per cent from a price in force.</p>
          ) : (
            <DataTable
              caption="Where sources differ from the price in force"
              rows={items}
              rowKey={(one) => [one.provider, one.model, one.resource_type, one.region, one.service_tier, one.min_context, one.schedule, one.other_source].join("/")}
              columns={[
                { key: "model", name: "Model", cell: ({ provider, model }) => <span className="flex flex-col"><span>{model || "no model"}</span><span className="text-xs text-faint">{provider}</span></span> },
                { key: "what", name: "What", from: "sm", cell: ({ resource_type }) => resourceName(resource_type) },
                { key: "rate", name: "In force", numeric: true, cell: ({ rate, per, source }) => <span title={source}>{unitPrice({ rate, per })}</span> },
                { key: "other", name: "Elsewhere", numeric: true, cell: ({ other_rate, per, other_source }) => `${unitPrice({ rate: other_rate, per })} (${other_source})` },
              ]}
            />
          )
        }
      </Panel>
    </>
  );
}

/** What a sync did or would do. */
function outcome({ source, status, dry_run, report }: Schemas["SyncAnswer"]): string {
  if (report === null || status === "unchanged") return `${source} has nothing new.`;
  const would = dry_run ? "would " : "";
  return `${source} ${would}${dry_run ? "open" : "opened"} ${plural(report.opened, "price")}, ${would}${dry_run ? "close" : "closed"} ${count(report.closed)} and ${would}${dry_run ? "put" : "put"} ${count(report.quarantined)} in quarantine.${dry_run ? " Nothing was written." : ""}`;
}
