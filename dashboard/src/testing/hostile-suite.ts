import { type Answer, sampleAnswer, samplePaths } from "./sample-suite.ts";

/** What a hostile sender puts into a name: turned text, an invisible space, a tag, an isolate, a control character. */
export const hostile = "\u202E\u200B\u{E0041}\u2066\u0007\u200F";

/** The fields whose words the contracts list: nobody outside chooses them. */
const ownWords = new Set(["action", "component", "currency", "dimension", "granularity", "group_by", "kind", "match_kind", "method", "mode", "price_state", "rank_by", "resource_type", "schedule", "scopes", "status", "totals_do_not_add_up", "trend_granularity", "type", "valid_from_basis", "reporting_time_zone", "ledger_epoch", "flags", "resources", "match_kind", "worker", "job"]);
/** Instants, days, months and amounts. */
const measured = /^(?:\d{4}-\d{2}(?:-\d{2}(?:T[\d:.]+Z)?)?|-?\d+(?:\.\d+)?)$/;

/** An answer with the hostile characters in every text that somebody outside may have written. */
function poisoned(value: unknown, field = ""): unknown {
  if (typeof value === "string") return value === "" || ownWords.has(field) || measured.test(value) ? value : value + hostile;
  if (Array.isArray(value)) return value.map((one) => poisoned(one, field));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poisoned(inner, name)]));
}

/** The invented suite's answers, poisoned. */
export function hostileAnswers(): Record<string, Answer> {
  return Object.fromEntries(samplePaths.map((path) => [path, async (url: URL, request: Request) => poisoned(await sampleAnswer(url, request))]));
}
