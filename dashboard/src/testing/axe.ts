import axe from "axe-core";
import { painted } from "./at-rest.ts";

/** What axe finds on the page by the rules of WCAG 2.2 A and AA, as short lines. */
export async function accessibilityFaults(): Promise<string[]> {
  // What scrolls is reachable by keyboard once its size was measured, a frame after it changed.
  await painted();
  const { violations } = await axe.run(document.body, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`));
}
