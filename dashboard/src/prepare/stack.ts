/** From the server's buckets to stacked columns: positions, identity of colours, what is open or unknown. */
import { position } from "./decimal.ts";

/** A series of a chart: what its name is and which colour is its own. */
export type Series = {
  key: string;
  name: string;
  /** 1…6 by the name's standing over 90 days, so that a filter recolours nothing; null is "Other". */
  slot: number | null;
};

/** One bucket as the API gives it: amounts are decimal strings, absent is nothing, null is unknown. */
export type StackBucket = {
  start: string;
  /** False while the bucket's time is still running. */
  complete: boolean;
  total: string;
  values: Readonly<Record<string, string | null>>;
  /** The aligned bucket of the comparison, if there is one. */
  previous: string | null;
  /** Interactions whose cost is unknown: outside the total. */
  unpriced: number;
};

/** A coloured piece of a column, in value units from the axis. */
export type Segment = { series: Series; low: number; high: number; amount: string };
/** One column. */
export type Column = { bucket: StackBucket; segments: Segment[]; high: number };
/** A chart ready to be drawn. */
export type Stack = { columns: Column[]; series: Series[]; max: number };

/** The largest number of series with a colour of their own. */
export const slotCount = 6;

/** Gives each series its colour: by the server's rank where it has one, free slots in order for the rest. */
export function withSlots(series: readonly { key: string; name: string; rank: number | null }[]): Series[] {
  const taken = new Set<number>();
  const slots = series.map(({ rank }) => {
    if (rank === null || rank < 1 || rank > slotCount || taken.has(rank)) return null;
    taken.add(rank);
    return rank;
  });
  return series.map(({ key, name }, index) => {
    let slot = slots[index] ?? null;
    for (let free = 1; slot === null && free <= slotCount; free += 1) {
      if (!taken.has(free)) {
        taken.add(free);
        slot = free;
      }
    }
    return { key, name, slot };
  });
}

/** Stacks the buckets in the order of the series, the first at the axis. */
export function prepareStack(buckets: readonly StackBucket[], series: readonly Series[], reach: readonly string[] = []): Stack {
  const columns = buckets.map((bucket): Column => {
    const segments: Segment[] = [];
    let high = 0;
    for (const one of series) {
      const amount = bucket.values[one.key];
      if (amount === undefined || amount === null) continue;
      const size = position(amount);
      if (size <= 0) continue;
      segments.push({ series: one, low: high, high: high + size, amount });
      high += size;
    }
    return { bucket, segments, high };
  });
  const tops = columns.flatMap(({ high, bucket }) => [high, bucket.previous === null ? 0 : position(bucket.previous)]);
  return { columns, series: [...series], max: Math.max(0, ...tops, ...reach.map(position)) };
}
