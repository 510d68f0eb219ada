/** What the figures of a slice leave out, in words. */
import { count } from "./quantity.ts";

/** Calls that ended before their answer did, which is no failure; nothing where there are none. */
export function abortedNote({ aborted_count }: { aborted_count: number }): string {
  return aborted_count === 0 ? "" : ` · ${count(aborted_count)} stopped early`;
}
