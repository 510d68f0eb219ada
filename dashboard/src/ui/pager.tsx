import { Link } from "@tanstack/react-router";
import { count } from "../prepare/quantity.ts";
import { buttonClass } from "./button.tsx";

type PagerProps = { offset: number; limit: number; total: number; noun: string };

/** Which rows these are, and the way to the next. */
export function Pager({ offset, limit, total, noun }: PagerProps) {
  const last = Math.min(offset + limit, total);
  const to = (skip: number) => (old: object) => ({ ...old, skip: skip <= 0 ? undefined : skip });
  return (
    <nav aria-label={`Pages of ${noun}`} className="flex items-center justify-end gap-3 text-sm text-muted">
      <span>
        {total === 0 ? `No ${noun}` : `${count(offset + 1)}–${count(last)} of ${count(total)} ${noun}`}
      </span>
      {offset > 0 && (
        <Link to="." search={to(offset - limit)} className={buttonClass()}>
          ‹ Back
        </Link>
      )}
      {last < total && (
        <Link to="." search={to(offset + limit)} className={buttonClass()}>
          More ›
        </Link>
      )}
    </nav>
  );
}
