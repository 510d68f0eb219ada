import { Link, useNavigate } from "@tanstack/react-router";
import { count } from "../prepare/quantity.ts";
import { pageSizes } from "../prepare/search.ts";
import { buttonClass } from "./button.tsx";
import { Choice } from "./segmented.tsx";

type PagerProps = {
  offset: number;
  limit: number;
  total: number;
  noun: string;
  /** Whether the reader may choose how many rows a page has. */
  hasSizes?: boolean;
};

const sizes = pageSizes.map((size) => ({ value: String(size), name: `${size} a page` }));

/** Which rows these are, the way to the next and to any other page, and how many a page has. */
export function Pager({ offset, limit, total, noun, hasSizes = true }: PagerProps) {
  const navigate = useNavigate();
  const last = Math.min(offset + limit, total);
  const pageCount = Math.ceil(total / limit);
  const page = Math.floor(offset / limit);
  const to = (skip: number) => (old: object) => ({ ...old, skip: skip <= 0 ? undefined : skip });
  return (
    <nav aria-label={`Pages of ${noun}`} className="flex flex-wrap items-center justify-end gap-x-3 gap-y-2 text-sm text-muted">
      {hasSizes && total > pageSizes[0] && (
        <Choice label={`Rows of a page of ${noun}`} options={sizes} value={String(limit)} onChange={(rows) => void navigate({ to: ".", search: (old: object) => ({ ...old, rows: pageSizes.slice(1).find((size) => String(size) === rows), skip: undefined }) })} />
      )}
      <span>
        {total === 0 ? `No ${noun}` : `${count(offset + 1)}–${count(last)} of ${count(total)} ${noun}`}
      </span>
      {offset > 0 && (
        <Link to="." search={to(offset - limit)} className={buttonClass()}>
          ‹ Back
        </Link>
      )}
      {pageCount > 2 && (
        <Choice label={`Page of ${noun}`} options={Array.from({ length: pageCount }, (_, index) => ({ value: String(index), name: `Page ${count(index + 1)} of ${count(pageCount)}` }))} value={String(page)} onChange={(next) => void navigate({ to: ".", search: to(Number(next) * limit) })} />
      )}
      {last < total && (
        <Link to="." search={to(offset + limit)} className={buttonClass()}>
          More ›
        </Link>
      )}
    </nav>
  );
}
