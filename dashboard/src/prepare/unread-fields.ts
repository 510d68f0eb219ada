/** Numbers that arrived and were not understood: how they are told from what has a name and no price. */
import type { UnreadField } from "../api/queries/accuracy.ts";
import type { Unpriced } from "../api/queries/prices.ts";

const prefix = "unread:";
/** Days that the list of fields looks back, today included. */
export const unreadDays = 400;

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

/** A field that was met, and what a price for it is set for; `null` where it has one. */
export type UnreadRow = { field: UnreadField; open: { provider: string; resource_type: string } | null };

/** Every field of the list, those that are in no total first; the others have a price by now. */
export function unreadRows(fields: readonly UnreadField[], items: readonly Unpriced[]): UnreadRow[] {
  const missing = items.flatMap((item) => item.missing.map((lack) => ({ provider: item.provider, lack })));
  const rows = fields.map((field): UnreadRow => {
    const found = missing.find(({ provider, lack }) => lack.resource_type === prefix + field.field && [provider, lack.provider].includes(field.provider));
    return { field, open: found === undefined ? null : { provider: found.lack.provider, resource_type: found.lack.resource_type } };
  });
  return [...rows.filter(({ open }) => open !== null), ...rows.filter(({ open }) => open === null)];
}
