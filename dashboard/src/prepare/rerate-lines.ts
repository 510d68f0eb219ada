/** The lines of a receipt before and after it was estimated again, side by side. */
import { exactSum } from "./decimal.ts";

type Line = { resource_type: string; quantity: number; amount: string | null };
/** What one resource came to before and after: `undefined` where the receipt has no such line, `null` where it had no price. */
export type LinePair = { key: string; resource: string; quantities: number[]; before: string | null | undefined; after: string | null | undefined };

/** One resource's lines together; one of them without a price leaves the whole unknown. */
function together(lines: readonly Line[], resource: string): { quantity: number; amount: string | null } | undefined {
  const own = lines.filter(({ resource_type }) => resource_type === resource);
  if (own.length === 0) return undefined;
  const amounts = own.flatMap(({ amount }) => (amount === null ? [] : [amount]));
  return { quantity: own.reduce((sum, { quantity }) => sum + quantity, 0), amount: amounts.length < own.length ? null : exactSum(amounts) };
}

/** Each resource once, in the order of the older receipt, then what only the newer one has. */
export function linePairs(before: readonly Line[], after: readonly Line[]): LinePair[] {
  const resources = [...new Set([...before, ...after].map(({ resource_type }) => resource_type))];
  return resources.map((resource) => {
    const [old, fresh] = [together(before, resource), together(after, resource)];
    const quantities = [old?.quantity, fresh?.quantity].filter((quantity) => quantity !== undefined);
    return { key: resource, resource, quantities: [...new Set(quantities)], before: old === undefined ? undefined : old.amount, after: fresh === undefined ? undefined : fresh.amount };
  });
}
