/**
 * Which day it is in the reporting zone, before the server has said so: from the zone that this browser
 * heard last. So a page can ask for its numbers together with the watermark, which then has the last word.
 */
import { type Day, todayIn } from "./day.ts";
import { remembered } from "../api/browser-memory.ts";

/** Today in the zone heard last; undefined where none was heard, or none that this browser knows. */
export function expectedDay(now: Date): Day | undefined {
  const timeZone = remembered("zone");
  if (timeZone === null) return undefined;
  try {
    return todayIn(timeZone, now);
  } catch {
    return undefined;
  }
}
