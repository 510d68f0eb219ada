/** Numbers that arrived and were not understood: how they are told from what has a name and no price. */
import type { Unpriced } from "../api/queries/prices.ts";

const prefix = "unread:";

/** Whether a quantity is a number of a usage report that no rule knows. */
export function isUnread(resource: string): boolean {
  return resource.startsWith(prefix);
}

/** The field that held it, as its sender named it. */
export function unreadField(resource: string): string {
  return isUnread(resource) ? resource.slice(prefix.length) : resource;
}

/** What is missing of one model, once for each thing that has no price. */
export type MissingPrice = { unpriced: Unpriced; missing: Unpriced["missing"][number] | null };

/** Every thing that has a name and no price, a row each. */
export function missingPrices(items: readonly Unpriced[]): MissingPrice[] {
  return items.flatMap((unpriced): MissingPrice[] => {
    const known = unpriced.missing.filter(({ resource_type }) => !isUnread(resource_type));
    if (known.length === 0) return unpriced.missing.length === 0 ? [{ unpriced, missing: null }] : [];
    // A model's tokens are priced together, a tool or a unit each by itself.
    return unpriced.type === "chat" && known.every(({ per }) => per > 1) ? [{ unpriced, missing: known[0] ?? null }] : known.map((missing) => ({ unpriced, missing }));
  });
}

/** Every number without a meaning, a row each. */
export function unreadNumbers(items: readonly Unpriced[]): { unpriced: Unpriced; missing: Unpriced["missing"][number] }[] {
  return items.flatMap((unpriced) => unpriced.missing.filter(({ resource_type }) => isUnread(resource_type)).map((missing) => ({ unpriced, missing })));
}
