/**
 * Which day it is in the reporting zone, before the server has said so: from the zone and the first day
 * that this browser heard last. So a page can ask for its numbers together with the watermark, which then
 * has the last word.
 */
import { isDay, todayIn } from "./day.ts";
import type { Calendar } from "./period.ts";
import { remembered } from "../api/browser-memory.ts";

/** Today in the zone heard last; undefined where none was heard, or none that this browser knows. */
export function expectedCalendar(now: Date): Calendar | undefined {
  const [timeZone, first] = [remembered("zone"), remembered("first_day")];
  if (timeZone === null || first === null) return undefined;
  try {
    return { today: todayIn(timeZone, now), firstDay: isDay(first) ? first : null };
  } catch {
    return undefined;
  }
}
