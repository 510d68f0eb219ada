import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { auditQuery } from "../../api/queries/audit.ts";
import { keysQuery } from "../../api/queries/keys.ts";
import { actionName, actorName, auditFile, detailLines } from "../../prepare/audit-words.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { MiddleCut } from "../../ui/middle-cut.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SaveTable } from "../../ui/save-table.tsx";

/** What admins changed: keys, prices and settings, newest first. Nothing of it is ever removed. */
export function AuditPage(): ReactElement {
  const { timeZone } = useSlice();
  const audit = useInfiniteQuery(auditQuery);
  const keys = useQuery(keysQuery);
  const names = new Map(keys.data?.items.map(({ id, name }) => [id, name]));
  return (
    <>
      <PageHeader title="Audit" name="Audit" hasSlice={false} actions={audit.data !== undefined && audit.data.length > 0 && <SaveTable file={auditFile(audit.data, names, audit.hasNextPage)} />} />
      <Panel query={{ ...audit, isPlaceholderData: false }} title="What was changed" minHeight={240}>
        {(entries) =>
          entries.length === 0 ? (
            <p className="text-sm text-muted">Nothing yet. Each key that is made or revoked, and each change of a price or a setting, is listed here with who did it.</p>
          ) : (
            <>
              <DataTable
                caption="What was changed"
                rows={entries}
                rowKey={({ id }) => String(id)}
                columns={[
                  { key: "when", name: "When", cell: ({ at }) => <time dateTime={at}>{zoneTime(at, timeZone, "full")}</time> },
                  { key: "who", name: "Who", cell: ({ actor }) => <Named name={actorName(actor, names)} id={actor} /> },
                  { key: "action", name: "What", cell: ({ action }) => <Named name={actionName(action)} id={action} /> },
                  { key: "subject", name: "Of what", cell: ({ subject }) => <Named name={names.get(subject) ?? subject} id={subject} /> },
                  { key: "detail", name: "In detail", cell: ({ detail, reason }) => <Detail lines={detailLines(detail)} reason={reason} /> },
                ]}
              />
              {audit.hasNextPage ? (
                <div>
                  <Button disabled={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
                    {audit.isFetchingNextPage ? "Loading…" : "Load older"}
                  </Button>
                </div>
              ) : (
                <p className="text-xs text-muted">That is all, from the first entry on.</p>
              )}
            </>
          )
        }
      </Panel>
    </>
  );
}

/** A name with the ledger's own word below it, where the two differ. */
function Named({ name, id }: { name: string; id: string }) {
  return (
    <span className="flex max-w-56 min-w-28 flex-col" title={id}>
      <MiddleCut text={name} />
      {name !== id && (
        <span className="font-mono text-xs text-faint">
          <MiddleCut text={id} />
        </span>
      )}
    </span>
  );
}

function Detail({ lines, reason }: { lines: readonly [name: string, value: string][]; reason: string | null }) {
  return (
    <span className="flex min-w-48 flex-col gap-1">
      {reason !== null && <span className="break-words">“{reason}”</span>}
      {lines.length > 0 && (
        <details>
          <summary className="inline-flex min-h-6 cursor-pointer items-center text-xs text-muted">{lines.length === 1 ? "1 value" : `${lines.length} values`}</summary>
          <dl className="grid grid-cols-[auto_1fr] gap-x-3 text-xs">
            {lines.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="font-mono text-muted">{name}</dt>
                <dd className="break-all">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {lines.length === 0 && reason === null && <span className="text-faint">nothing more</span>}
    </span>
  );
}
