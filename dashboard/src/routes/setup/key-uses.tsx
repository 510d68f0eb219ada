import { useQuery } from "@tanstack/react-query";
import { keysQuery } from "../../api/queries/keys.ts";
import { refusalWords } from "../../prepare/key-use.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";

/** When each key that may send was used and refused last: LibreChat's own log says nothing of either. */
export function KeyUses({ lookMs, timeZone }: { lookMs: number; timeZone: string }) {
  const keys = useQuery({ ...keysQuery, refetchInterval: lookMs });
  return (
    <Panel title="Keys that send" query={keys} minHeight={80}>
      {({ items }) => (
        <>
          <p className="text-sm text-muted">LibreChat's log does not say when it is refused; this does, to the minute. A key that stays “never” in both was not asked with: LibreChat does not reach this address, or reads another environment.</p>
          <DataTable
            caption="Keys that send"
            rows={items.filter(({ scopes, revoked_at, last_refused_at }) => scopes.includes("ingest") && (revoked_at === null || last_refused_at !== null))}
            rowKey={({ id }) => id}
            columns={[
              { key: "name", name: "Key", cell: ({ name, id }) => <span className="flex flex-col"><span>{name}</span><code className="text-xs text-faint break-all">{id}</code></span> },
              { key: "used", name: "Last used", cell: ({ last_used_at }) => (last_used_at === null ? "never" : zoneTime(last_used_at, timeZone, "full")) },
              { key: "refused", name: "Last refused", cell: ({ last_refused_at, last_refusal }) => (last_refused_at === null ? "never" : <span className="flex flex-col"><span>{zoneTime(last_refused_at, timeZone, "full")}</span><span className="text-xs text-muted">{refusalWords(last_refusal ?? "")}</span></span>) },
            ]}
          />
        </>
      )}
    </Panel>
  );
}
