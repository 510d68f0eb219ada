import { dayLabel } from "../../prepare/day.ts";
import { rowMoney, signedMoney } from "../../prepare/money.ts";
import type { PriceTrial } from "../../prepare/price-trial.ts";
import { plural } from "../../prepare/quantity.ts";

/** A dry run in a sentence: what is priced, what that adds, and to which months. */
export function TrialText({ trial: { interactionCount, difference, months, isComplete } }: { trial: PriceTrial }) {
  if (interactionCount === 0) return <>It prices no interaction of the last weeks anew: only what comes.</>;
  return (
    <>
      It prices {isComplete ? "" : "at least "}
      {plural(interactionCount, "interaction")} of the last weeks and adds <strong>{rowMoney(difference)}</strong>
      {months.length > 1 && ` (${months.map(({ month, difference: amount }) => `${dayLabel(`${month}-01`, "month")} ${signedMoney(amount)}`).join(", ")})`}
      {months.length === 1 && months[0] !== undefined && ` to ${dayLabel(`${months[0].month}-01`, "month")}`}.
    </>
  );
}
