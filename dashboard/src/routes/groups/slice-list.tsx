import type { UserStats } from "../../api/model.ts";
import { ShareCell } from "../../charts/share-cell.tsx";
import { columnMoney, columnPlaces, knownCost } from "../../prepare/money.ts";
import { count } from "../../prepare/quantity.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { GroupLink } from "./group-link.tsx";

/** How one slice divides: name, cost, share. */
export function SliceList({ slices, caption, name }: { slices: UserStats["by_model"]; caption: string; name: string }) {
  const places = columnPlaces(slices.map(({ figures }) => figures.total_cost));
  if (slices.length === 0) return <p className="text-sm text-faint">None in this period.</p>;
  return (
    <DataTable
      caption={caption}
      rows={slices}
      rowKey={({ group }) => group.id}
      columns={[
        { key: "name", name, cell: ({ group }) => <GroupLink group={group} /> },
        { key: "cost", name: "Spend", numeric: true, cell: ({ figures }) => (knownCost(figures) === null ? <NoPrice /> : columnMoney(figures.total_cost, places)) },
        {
          key: "share",
          name: "Share",
          numeric: true,
          cell: (slice) => <ShareCell ratio={slice.share} />,
        },
        { key: "interactions", name: "Interactions", numeric: true, from: "sm", cell: ({ figures }) => count(figures.interaction_count) },
      ]}
    />
  );
}
