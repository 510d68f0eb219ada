import { Link } from "@tanstack/react-router";
import type { Receipt } from "../../api/model.ts";
import { exactDifference, sign } from "../../prepare/decimal.ts";
import { exactMoney, signedMoney } from "../../prepare/money.ts";
import { count } from "../../prepare/quantity.ts";
import { readingText } from "../../prepare/receipt.ts";
import { isUnread, unreadField } from "../../prepare/unread-fields.ts";

/** How the usage report was read: what was assumed, what had no meaning, and what the provider says that it cost. */
export function ReceiptReading({ receipt }: { receipt: Receipt }) {
  const { reading, reported_cost } = receipt;
  const unread = receipt.lines.filter(({ resource_type, amount }) => isUnread(resource_type) && amount === null);
  if (reading.length === 0 && unread.length === 0 && reported_cost === null) return null;
  return (
    <section aria-label="How it was read" className="flex flex-col gap-1 border-t border-line pt-3 text-sm">
      {unread.map(({ resource_type, quantity }) => (
        <p key={resource_type} className="text-warn">
          We could not read <code className="font-mono text-xs">{unreadField(resource_type)}</code>: {count(quantity)}. Its cost is not in the total. <Link to="/unread" className="link">Say what it means</Link>
        </p>
      ))}
      {reading.map((flag) => (
        <p key={flag} className="text-muted">
          {readingText(flag)}
        </p>
      ))}
      {reported_cost !== null && !reading.includes("reported") && <Reported cost={reported_cost} estimate={receipt.estimate.total_cost} isBySender={reading.includes("reported_by_sender")} />}
    </section>
  );
}

/** The provider's word beside the estimate. */
function Reported({ cost, estimate, isBySender }: { cost: string; estimate: string | null; isBySender: boolean }) {
  const difference = estimate === null ? null : exactDifference(cost, estimate);
  return (
    <p className="text-muted">
      {isBySender ? "The sender says" : "The provider says"} <strong className="text-text">{exactMoney(cost)}</strong>
      {difference === null ? "." : sign(difference) === 0 ? ", the same." : ` (${signedMoney(difference)} against this estimate). The totals hold the estimate.`}
    </p>
  );
}
