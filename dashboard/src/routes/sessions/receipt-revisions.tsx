import type { Receipt } from "../../api/model.ts";
import { exactMoney } from "../../prepare/money.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";

/** Every estimate that was ever made, and why. */
export function ReceiptRevisions({ receipt }: { receipt: Receipt }) {
  return (
    <DataTable
      caption="Estimates of this interaction"
      rows={receipt.revisions}
      rowKey={({ revision }) => String(revision)}
      columns={[
        { key: "made", name: "Made", cell: ({ created_at }) => zoneTime(created_at, receipt.reporting_time_zone, "full") },
        { key: "why", name: "Why", cell: ({ reason }) => reason ?? "on arrival" },
        { key: "book", name: "Price book", numeric: true, from: "sm", cell: ({ price_book_version }) => `v${price_book_version}` },
        { key: "total", name: "Total", numeric: true, cell: ({ total_cost }) => (total_cost === null ? <NoPrice /> : exactMoney(total_cost)) },
      ]}
    />
  );
}
