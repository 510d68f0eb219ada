import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { unreadFieldsQuery } from "../../api/queries/accuracy.ts";
import { rejectionsQuery } from "../../api/queries/ledger.ts";
import { unpricedQuery } from "../../api/queries/prices.ts";
import { useCaller } from "../../api/caller.ts";
import { lastDays } from "../../prepare/day.ts";
import { count } from "../../prepare/quantity.ts";
import { missingPrices, unreadDays, unreadRows } from "../../prepare/unread-fields.ts";
import { useSlice } from "../../shell/slice-context.ts";

const tabClass = "inline-flex min-h-8 items-center border-l border-line px-2.5 text-sm text-muted no-underline first:border-l-0 hover:bg-hover focus-visible:-outline-offset-2";
const here = { className: "bg-selected font-semibold text-text", "aria-current": "page" } as const;

/** What is not in the totals, in its three kinds, each with how much of it there is. */
export function NotCountedTabs() {
  const { mayChange } = useCaller();
  const { today } = useSlice();
  const { data } = useQuery(unpricedQuery);
  const unread = useQuery(unreadFieldsQuery(lastDays(today, unreadDays))).data;
  const refused = useQuery({ ...rejectionsQuery, enabled: mayChange }).data?.total;
  const tabs = [
    { to: "/unpriced", name: "No price", count: data === undefined ? undefined : missingPrices(data.items).length },
    { to: "/unread", name: "Not read", count: data === undefined || unread === undefined ? undefined : unreadRows(unread.items, data.items).filter(({ open }) => open !== null).length },
    { to: "/not-taken", name: "Not taken", count: refused },
  ] as const;
  return (
    <nav aria-label="Not counted" className="flex self-start overflow-hidden rounded-control border border-line print-hidden">
      {tabs.map((tab) => (
        <Link key={tab.to} to={tab.to} className={tabClass} activeProps={here} activeOptions={{ includeSearch: false }}>
          {tab.name}
          {tab.count !== undefined && ` (${count(tab.count)})`}
        </Link>
      ))}
    </nav>
  );
}
