import type { Grouping } from "../prepare/search.ts";
import type { TableFile } from "../prepare/table-file.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Popover } from "../ui/popover.tsx";
import { fileForms, saveTable } from "../ui/save-table.tsx";
import { useSlice } from "./slice-context.ts";

/** What a page about one thing adds to the slice. */
type Own = { user_id?: string; tenant_id?: string; model?: string; provider?: string; agent?: string };

type ExportMenuProps = { table?: TableFile | undefined; own?: Own } & (
  | { kind: "daily"; groupBy: Grouping | null }
  /** The filters of the session list beyond the slice. */
  | { kind: "sessions"; filters: Record<string, string> }
);

/** The files behind the page: the same filters, the same sums, every row. */
export function ExportMenu(props: ExportMenuProps) {
  const { query } = useSlice();
  const { compare: _compare, include: _include, ...filtered } = query;
  // A user's page is of all that they spend: the address's other filters do not hold there.
  const slice = props.own?.user_id === undefined ? { ...filtered, ...props.own } : { start_date: query.start_date, end_date: query.end_date, ...props.own };
  const address = (path: string, format: "csv" | "json" | "ndjson" | null, more: Record<string, string> = {}) => {
    const parameters = new URLSearchParams({ ...(slice as Record<string, string>), ...more });
    if (format !== null) parameters.set("format", format);
    if (format === "csv") parameters.set("preamble", "true");
    return `/export/${path}?${parameters}`;
  };
  const splits: Partial<Record<Grouping, string>> = { model: "model", user: "user", agent: "agent", provider: "provider", type: "type" };
  const split = props.kind === "daily" && props.groupBy !== null ? splits[props.groupBy] : undefined;
  const files =
    props.kind === "daily"
      ? [
          { name: split === undefined ? "Day by day" : `Day by day, by ${split}`, path: "daily", more: split === undefined ? {} : { group_by: split } },
          { name: "Every interaction", path: "interactions", more: {} },
        ]
      : [
          { name: "These sessions", path: "sessions", more: props.filters },
          { name: "Every interaction", path: "interactions", more: {} },
        ];
  const link = "rounded-control px-2 py-1 link";
  return (
    <Popover
      label="Export"
      placement="bottom end"
      button={{
        children: (
          <>
            <Icon name="download" size={14} /> Export
          </>
        ),
      }}
    >
      {(close) => (
        <div className="flex w-64 flex-col gap-2 p-1 text-sm">
          {props.table !== undefined && (
            <div className="flex items-center justify-between gap-2">
              <span>This table</span>
              <span className="flex">
                {fileForms.map((form) => (
                  <button key={form.ending} type="button" className={link} aria-label={`This table as ${form.name}`} onClick={() => { close(); if (props.table !== undefined) saveTable(props.table, form); }}>
                    {form.name}
                  </button>
                ))}
              </span>
            </div>
          )}
          {files.map(({ name, path, more }) => (
            <div key={path} className="flex items-center justify-between gap-2">
              <span>{name}</span>
              <span className="flex">
                <a className={link} href={address(path, "csv", more)} download onClick={close} aria-label={`${name} as CSV`}>
                  CSV
                </a>
                <a className={link} href={address(path, "json", more)} download onClick={close} aria-label={`${name} as JSON`}>
                  JSON
                </a>
              </span>
            </div>
          ))}
          <div className="flex items-center justify-between gap-2">
            <span>FOCUS 1.2, for finance</span>
            <a className={link} href={address("focus", null)} download onClick={close} aria-label="FOCUS 1.2 as CSV">
              CSV
            </a>
          </div>
          <Button onClick={() => { close(); window.print(); }}>Print this page</Button>
          <p className="text-xs text-faint">The head of each file names the filters, the time zone, the moment and how much has a price.</p>
        </div>
      )}
    </Popover>
  );
}
