/** Why a session cost what it did, in a sentence or two. */
import type { SessionDetail } from "../api/model.ts";
import { sign } from "./decimal.ts";
import { componentName, modelName, resourceName } from "./group-name.ts";
import { rowMoney } from "./money.ts";
import { plural, share } from "./quantity.ts";

/** What the cache did to the cost, for after a comma: writing one may cost more than it saves. */
export function cacheEffect(savings: string): string {
  const saved = sign(savings);
  return saved > 0 ? ` and saved ${rowMoney(savings)}` : saved < 0 ? `, but its writes cost ${rowMoney(savings.slice(1))} more than it saved` : "";
}

type Told = Pick<SessionDetail, "figures" | "drivers" | "outlier"> & { total: string | null };

/** "72.0 % of this session's cost is output of claude-opus-5; the cache served 91.0 % of input and saved $0.52." */
export function costSentence({ figures, drivers, outlier, total }: Told): string {
  const sentences: string[] = [];
  const first = drivers[0];
  if (total === null) sentences.push("Nothing of this session has a price yet.");
  else if (first === undefined || first.share === null) sentences.push(sign(total) === 0 ? "This session cost nothing." : `This session cost ${rowMoney(total)}.`);
  else sentences.push(`${share(first.share)} of this session's cost is ${first.resource_type === "declared" ? `${componentName(first.component).toLowerCase()} as its sender stated` : resourceName(first.resource_type).toLowerCase()}${first.model === "" ? "" : ` of ${modelName(first.model)}`}.`);
  if (figures.cache_hit_rate !== null && figures.cache_hit_rate > 0) {
    sentences.push(`The cache served ${share(figures.cache_hit_rate)} of the input${cacheEffect(figures.cache_savings)}.`);
  }
  if (figures.unpriced_count > 0) sentences.push(`${plural(figures.unpriced_count, "interaction")} ${figures.unpriced_count === 1 ? "has" : "have"} no price and ${figures.unpriced_count === 1 ? "is" : "are"} not in the total.`);
  if (outlier.is_outlier && outlier.ratio !== null) sentences.push(`It cost ${outlier.ratio.toFixed(1)} times the median of this user's last ${plural(outlier.session_count, "session")} (${rowMoney(outlier.median_cost)}).`);
  return sentences.join(" ");
}
