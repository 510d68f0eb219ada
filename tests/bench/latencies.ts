// Percentiles of raw latencies: the value at the rank, nothing interpolated.

export interface Summary {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export function summarise(durationsMs: readonly number[]): Summary {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function median(values: readonly number[]): number {
  return summarise(values).p50;
}

export function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}
