// Random numbers that are the same on every machine: a sample is sent again without counting twice.

export interface Random {
  /** From 0 up to 1. */
  fraction(): number;
  /** A whole number from `from` to `to`, both included. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  /** One of the weighted choices. */
  pick<T>(choices: readonly (readonly [weight: number, value: T])[]): T;
  /** A whole number with many small and few large values, never over ten times the median. */
  longTail(median: number): number;
}

/** A generator that depends on the seed's text alone (FNV-1a into mulberry32). */
export function randomOf(seed: string): Random {
  let state = 0x811c9dc5;
  for (const character of seed) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    fraction,
    integer: (from, to) => from + Math.floor(fraction() * (to - from + 1)),
    chance: (probability) => fraction() < probability,
    pick(choices) {
      let rest = fraction() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of choices) {
        rest -= weight;
        if (rest < 0) return value;
      }
      return choices.at(-1)![1];
    },
    longTail: (median) => Math.max(1, Math.round(median * 10 ** (fraction() + fraction() - 1))),
  };
}
