import type { UserStats } from "../../api/model.ts";
import { largestShare, ShareCell } from "../../charts/share-cell.tsx";
import { exactMoney, knownCost, listMoney } from "../../prepare/money.ts";
import { count } from "../../prepare/quantity.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { GroupLink } from "./group-link.tsx";

/** How one slice divides: name, cost, share. */
export function SliceList({ slices, caption, name }: { slices: UserStats["by_model"]; caption: string; name: string }) {
  const largest = largestShare(slices.map((slice) => slice.share));
  if (slices.length === 0) return <p className="text-sm text-faint">None in this period.</p>;
  return (
    <DataTable
      caption={caption}
      rows={slices}
      rowKey={({ group }) => group.id}
      columns={[
        { key: "name", name, cell: ({ group }) => <GroupLink group={group} /> },
        { key: "cost", name: "Spend", numeric: true, cell: ({ figures }) => (knownCost(figures) === null ? <NoPrice /> : <span title={exactMoney(figures.total_cost)}>{listMoney(figures.total_cost)}</span>) },
        {
          key: "share",
          name: "Share",
          numeric: true,
          cell: (slice) => <ShareCell ratio={slice.share} largest={largest} />,
        },
        { key: "interactions", name: "Interactions", numeric: true, from: "sm", cell: ({ figures }) => count(figures.interaction_count) },
      ]}
    />
  );
}
