/**
 * Which day it is in the reporting zone, before the server has said so: from the zone that this browser
 * heard last. So a page can ask for its numbers together with the watermark, which then has the last word.
 */
import { type Day, todayIn } from "../prepare/day.ts";

const storageKey = "tokentill.zone";

/** Keeps the zone that the server named. */
export function rememberZone(timeZone: string): void {
  try {
    if (localStorage.getItem(storageKey) !== timeZone) localStorage.setItem(storageKey, timeZone);
  } catch {
    // Storage may be blocked: the next visit waits for the watermark.
  }
}

/** Today in the zone heard last; undefined where none was heard. */
export function expectedDay(now: Date): Day | undefined {
  try {
    const timeZone = localStorage.getItem(storageKey);
    return timeZone === null ? undefined : todayIn(timeZone, now);
  } catch {
    return undefined;
  }
}
