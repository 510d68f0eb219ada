/**
 * A chart's buckets as running sums, each holding all before it. Exact, from the API's own buckets, so the
 * last one is the API's total; nothing but the shape of the chart is made here.
 */
import { scaled, unscaled } from "./decimal.ts";
import type { StackBucket } from "./stack.ts";

/** Buckets that add up from the first on; an unknown amount adds nothing, and its interactions stay counted as unpriced. */
export function cumulativeBuckets(buckets: readonly StackBucket[]): StackBucket[] {
  const sums = new Map<string, bigint>();
  const add = (key: string, amount: string) => {
    const sum = (sums.get(key) ?? 0n) + scaled(amount);
    sums.set(key, sum);
    return unscaled(sum);
  };
  let unpriced = 0;
  return buckets.map((bucket): StackBucket => {
    for (const [key, amount] of Object.entries(bucket.values)) if (amount !== null) add(`series ${key}`, amount);
    unpriced += bucket.unpriced;
    return {
      ...bucket,
      total: add("total", bucket.total),
      values: Object.fromEntries(Object.keys(bucket.values).map((key) => [key, unscaled(sums.get(`series ${key}`) ?? 0n)])),
      previous: bucket.previous === null ? null : add("previous", bucket.previous),
      unpriced,
    };
  });
}

/** What lies ahead, counted on from where the running sum stands. */
export function cumulativeAhead(ahead: readonly { start: string; amount: string }[], from: string): { start: string; amount: string }[] {
  let sum = scaled(from);
  return ahead.map(({ start, amount }) => ({ start, amount: unscaled((sum += scaled(amount))) }));
}
