// How long to wait before the next attempt: twice as long each time, with chance in it, so that many
// senders do not come back at one moment.

const FIRST_MS = 500;
const LONGEST_MS = 60_000;
/** A server may ask for more, up to this. */
const ASKED_LONGEST_MS = 300_000;

export function backoffMs(failures: number, askedMs: number | undefined, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  const own = full / 2 + (random() * full) / 2;
  // Not before the server asked for, and not all of its senders at once.
  return askedMs === undefined ? own : Math.max(own, Math.min(askedMs, ASKED_LONGEST_MS) + random() * FIRST_MS);
}
