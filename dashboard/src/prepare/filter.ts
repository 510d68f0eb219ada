/** Filters as the URL carries them: `f=model:is:claude-opus-5`, repeated. */

/** What can be filtered by, in the order of the picker. */
export const dimensions = ["user", "model", "agent", "provider", "type"] as const;
/** A dimension of the ledger. */
export type Dimension = (typeof dimensions)[number];

/** What each dimension is called. */
export const dimensionNames: Record<Dimension, string> = {
  user: "User",
  model: "Model",
  agent: "Agent",
  provider: "Provider",
  type: "Type",
};

/** One condition: the dimension is that value. */
export type Filter = { dimension: Dimension; value: string };

/** More would make an address that some servers refuse. */
export const filterCountMax = 20;
const valueLengthMax = 512;

/** Reads one `f` of the URL; an empty value is one too: no agent, no model. Null where it says nothing that this page understands. */
export function parseFilter(text: string): Filter | null {
  const found = /^([a-z]+):is:(.*)$/s.exec(text);
  const dimension = dimensions.find((name) => name === found?.[1]);
  const value = found?.[2];
  if (dimension === undefined || value === undefined || value.length > valueLengthMax) return null;
  // An interaction always has a type.
  if (dimension === "type" && value === "") return null;
  return { dimension, value };
}

const nobody: Record<Dimension, string> = { user: "no user", model: "no model", agent: "no agent", provider: "no provider", type: "no type" };

/** What a filter leaves, in words: "Agent: no agent". */
export function filterName({ dimension, value }: Filter): string {
  return `${dimensionNames[dimension]}: ${value === "" ? nobody[dimension] : value}`;
}

/** Writes a filter as the URL carries it. */
export function filterText({ dimension, value }: Filter): string {
  return `${dimension}:is:${value}`;
}

/** The filters with one more; the same condition twice is one. */
export function withFilter(filters: readonly string[], filter: Filter): string[] {
  const text = filterText(filter);
  return filters.includes(text) ? [...filters] : [...filters, text].slice(-filterCountMax);
}

/** The filters with these in place of any other on the same dimensions. */
export function replacedFilters(filters: readonly string[], own: readonly Filter[]): string[] {
  return own.reduce((all, filter) => withFilter(all.filter((text) => parseFilter(text)?.dimension !== filter.dimension), filter), [...filters]);
}

/** The filters without that one. */
export function withoutFilter(filters: readonly string[], text: string): string[] {
  return filters.filter((other) => other !== text);
}
