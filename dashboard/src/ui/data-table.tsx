import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { cn } from "./class-names.ts";
import { ScrollRegion } from "./scroll-region.tsx";

/** One column; the cells of a row are drawn from the row. */
export type TableColumn<Row> = {
  key: string;
  name: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right, so that their digits align. */
  numeric?: boolean;
  /** The column goes away below this width; the row's own page has it. */
  from?: "sm" | "md" | "lg" | "xl";
  /** The search change that sorts by this column, where the server can. */
  sort?: { search: object; direction: "ascending" | "descending" | null };
  footer?: ReactNode;
};

type DataTableProps<Row> = {
  caption: string;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Rows below the body, such as "Other" and "Total". */
  footers?: readonly { key: string; cells: Partial<Record<string, ReactNode>>; strong?: boolean }[];
  className?: string;
};

const shownFrom = { sm: "hidden sm:table-cell", md: "hidden md:table-cell", lg: "hidden lg:table-cell", xl: "hidden xl:table-cell" };

/** A table as HTML means it: caption, headings with scope, sums at the foot. */
export function DataTable<Row>({ caption, columns, rows, rowKey, footers = [], className }: DataTableProps<Row>) {
  const cellClass = (column: TableColumn<Row>) => cn("px-2 py-2 align-middle first:pl-1 last:pr-1", column.numeric === true ? "num" : "text-left", column.from !== undefined && shownFrom[column.from]);
  return (
    <ScrollRegion label={caption} className={cn("-mx-1", className)}>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky-head">
          <tr className="border-b border-line text-xs text-muted">
            {columns.map((column) => (
              <th key={column.key} scope="col" aria-sort={column.sort?.direction ?? undefined} className={cn(cellClass(column), "font-medium whitespace-nowrap")}>
                {column.sort === undefined ? (
                  column.name
                ) : (
                  <Link to="." search={(old: object) => ({ ...old, skip: undefined, ...column.sort?.search })} className="inline-flex min-h-6 items-center rounded-sm no-underline hover:underline">
                    {column.name}
                    <span aria-hidden="true">{column.sort.direction === "ascending" ? "\u00a0▲" : column.sort.direction === "descending" ? "\u00a0▼" : ""}</span>
                  </Link>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-b border-line last:border-b-0 hover:bg-hover">
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.key} scope="row" className={cn(cellClass(column), "max-w-34 font-normal sm:max-w-64")}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} className={cellClass(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        {footers.length > 0 && (
          <tfoot>
            {footers.map((footer) => (
              <tr key={footer.key} className={cn("border-t border-line", footer.strong === true ? "font-semibold" : "text-muted")}>
                {columns.map((column, index) =>
                  index === 0 ? (
                    <th key={column.key} scope="row" className={cn(cellClass(column), "[font-weight:inherit]")}>
                      {footer.cells[column.key]}
                    </th>
                  ) : (
                    <td key={column.key} className={cellClass(column)}>
                      {footer.cells[column.key]}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tfoot>
        )}
      </table>
    </ScrollRegion>
  );
}
