// How far a long start is as a whole, of parts that take about so long each.

const parts = new Map<string, { seconds: number; fraction: number }>();

/** Says what is ahead: titles of steps and commands, and about how many seconds each takes on two cores. */
export function plan(secondsOf: Record<string, number>): void {
  parts.clear();
  for (const [title, seconds] of Object.entries(secondsOf)) parts.set(title, { seconds, fraction: 0 });
}

/** A part that nobody planned counts for nothing. */
export function advance(title: string, fraction: number): void {
  const part = parts.get(title);
  if (part !== undefined) part.fraction = Math.min(1, Math.max(part.fraction, fraction));
}

/** From 0 to 100; nothing where nothing was planned. */
export function wholePercent(): number | undefined {
  const all = [...parts.values()];
  const seconds = all.reduce((sum, part) => sum + part.seconds, 0);
  return seconds === 0 ? undefined : Math.floor((100 * all.reduce((sum, part) => sum + part.seconds * part.fraction, 0)) / seconds);
}

/** What cargo's bar says: `Building [===>  ] 12/157: syn`. */
export function cargoFraction(line: string): number | undefined {
  const found = /\] (\d+)\/(\d+)/.exec(line);
  return found === null ? undefined : Number(found[1]) / Number(found[2]);
}
