import type { DailyStats } from "../api/model.ts";
import { figure, metricForms } from "../prepare/daily-chart.ts";
import type { Metric } from "../prepare/search.ts";
import type { Column, Stack } from "../prepare/stack.ts";
import { bucketNames } from "../prepare/time-axis.ts";
import { compactCount } from "../prepare/quantity.ts";
import { DataTable, type TableColumn } from "../ui/data-table.tsx";
import { NoPrice } from "../ui/badge.tsx";

/** The chart as a table: one row a bucket, one column a series, the API's sums at the foot. */
export function DailyTable({ stats, stack, metric }: { stats: DailyStats; stack: Stack; metric: Metric }) {
  const { name, format } = metricForms[metric];
  const names = new Map(bucketNames(stack.columns.map(({ bucket }) => bucket.start), stats.granularity).map((text, index) => [stack.columns[index]?.bucket.start, text]));
  const amounts = (column: Column) => column.bucket.values;
  const isSplit = stats.group_by !== null;
  const columns: TableColumn<Column>[] = [
    { key: "bucket", name: stats.granularity, cell: ({ bucket }) => `${names.get(bucket.start) ?? ""}${bucket.complete ? "" : " (open)"}` },
    { key: "total", name, numeric: true, cell: ({ bucket }) => format(bucket.total) },
    ...(isSplit ? stack.series.map((series): TableColumn<Column> => ({ key: series.key, name: <span className="inline-block max-w-36 truncate align-bottom" title={series.name}>{series.name}</span>, numeric: true, from: "md", cell: (column) => <Amount amount={amounts(column)[series.key]} format={format} /> })) : []),
    { key: "unpriced", name: "Tokens without a price", numeric: true, from: "sm", cell: ({ bucket }) => (bucket.unpriced === 0 ? "0" : <NoPrice>{compactCount(bucket.unpriced)}</NoPrice>) },
    ...(stack.columns.some(({ bucket }) => bucket.previous !== null) ? [{ key: "previous", name: "Compared", numeric: true, from: "lg" as const, cell: ({ bucket }: Column) => (bucket.previous === null ? "—" : format(bucket.previous)) }] : []),
  ];
  const sums: Record<string, string> = {};
  for (const series of stats.series) if (series.figures !== null) sums[series.group.id] = format(figure(series.figures, metric));
  const other = stack.series.at(-1);
  if (stats.other !== null && other !== undefined && other.slot === null) sums[other.key] = format(figure(stats.other.figures, metric));
  return (
    <DataTable
      caption={`${name} per ${stats.granularity}`}
      className="max-h-[28rem] overflow-y-auto"
      columns={columns}
      rows={stack.columns}
      rowKey={({ bucket }) => bucket.start}
      footers={[{ key: "total", strong: true, cells: { bucket: "Total", total: format(figure(stats.total, metric)), unpriced: metric === "cost" ? compactCount(stats.total.unpriced_tokens) : "", ...sums } }]}
    />
  );
}

/** One series in one bucket: nothing is a zero, an unknown amount is none. */
function Amount({ amount, format }: { amount: string | null | undefined; format: (amount: string) => string }) {
  return amount === null ? <NoPrice /> : format(amount ?? "0");
}
