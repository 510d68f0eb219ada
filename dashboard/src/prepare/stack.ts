/** From the server's buckets to stacked columns: positions, identity of colours, what is open or unknown. */
import { position } from "./decimal.ts";

/** A series of a chart: what its name is and which colour is its own. */
export type Series = {
  key: string;
  name: string;
  /** 1…12 by the name's standing over 90 days, so that neither a filter nor another period recolours it; 0 is what is not of the kind that is split, null is "Other". */
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
  /** Tokens whose cost is unknown: outside the total. */
  unpriced: number;
};

/** A coloured piece of a column, in value units from the axis. */
export type Segment = { series: Series; low: number; high: number; amount: string };
/** One column. */
export type Column = { bucket: StackBucket; segments: Segment[]; high: number };
/** A chart ready to be drawn. */
export type Stack = { columns: Column[]; series: Series[]; max: number };

/** Hues that every reader can tell apart; each stands for two slots, strong and pale. */
export const hueCount = 6;
/** The largest number of series with a colour of their own. */
export const slotCount = 2 * hueCount;
/** The slot of what is not of the kind that is split, such as hosting among models. */
export const noneSlot = 0;

/** A whole number that a text always gives. */
function hash(text: string): number {
  let value = 2_166_136_261;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return value;
}

/** The slot that a name would have if it were alone: by its rank, or by the name itself where it has none. */
function ownSlot(key: string, rank: number | null): number {
  return rank !== null && rank >= 1 ? ((rank - 1) % slotCount) + 1 : (hash(key) % slotCount) + 1;
}

/** Gives each series its colour: its own one, or the next that is free where a name of a better rank has it. */
export function withSlots(series: readonly { key: string; name: string; rank: number | null; isNone?: boolean }[]): Series[] {
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  const byRank = series.filter(({ isNone }) => isNone !== true).toSorted((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
  for (const { key, rank } of byRank) {
    const first = ownSlot(key, rank);
    for (let step = 0; step < slotCount && !slots.has(key); step += 1) {
      const slot = ((first - 1 + step) % slotCount) + 1;
      if (taken.has(slot)) continue;
      taken.add(slot);
      slots.set(key, slot);
    }
  }
  return series.map(({ key, name, isNone }) => ({ key, name, slot: isNone === true ? noneSlot : (slots.get(key) ?? null) }));
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
