/** Money as people read it. Amounts stay decimal strings: Intl prints them without a float between. */
import { compare, magnitude, scaled, sign } from "./decimal.ts";

/** What is printed where an amount is unknown: never a zero. */
export const noPrice = "No price";

/** A slice's cost as it may be printed: also a zero is unknown where all that could cost something has no price. */
export function knownCost({ total_cost, unpriced_count }: { total_cost: string | null; unpriced_count: number }): string | null {
  return total_cost !== null && sign(total_cost) === 0 && unpriced_count > 0 ? null : total_cost;
}

const locale = "en-US";
const formatters = new Map<string, Intl.NumberFormat>();

function print(amount: string, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat(locale, { style: "currency", currency: "USD", ...options });
    formatters.set(key, formatter);
  }
  // TypeScript's name for a decimal that Intl reads digit by digit.
  return formatter.format(amount as Intl.StringNumericLiteral).replace("-", "−");
}

const digits = (count: number): Intl.NumberFormatOptions => ({ minimumFractionDigits: count, maximumFractionDigits: count });

/** An amount that stands alone, and every total: whole dollars from $1,000, cents below, more where cents would hide it. */
export function tileMoney(amount: string | null): string {
  if (amount === null) return noPrice;
  const size = magnitude(amount);
  if (compare(size, "999.995") >= 0) return print(amount, digits(0));
  if (compare(size, "0.01") >= 0 || sign(size) === 0) return print(amount, digits(2));
  return rowMoney(amount);
}

/** An amount in a list: cents, so that a column reads at a glance; its exact digits stand where it is opened. */
export function listMoney(amount: string | null): string {
  if (amount === null) return noPrice;
  const size = magnitude(amount);
  if (sign(size) !== 0 && compare(size, "0.005") < 0) return sign(amount) < 0 ? ">−$0.01" : "<$0.01";
  return print(amount, digits(2));
}

/** A projected amount: cents would claim a precision that it has not. */
export function projectedMoney(amount: string): string {
  return compare(magnitude(amount), "20") >= 0 ? print(amount, digits(0)) : tileMoney(amount);
}

/** An amount in a row or a tooltip: legible below a cent, never "$0.00" for what is not zero. */
export function rowMoney(amount: string | null): string {
  if (amount === null) return noPrice;
  const size = magnitude(amount);
  if (sign(size) === 0) return print("0", digits(2));
  if (compare(size, "0.000001") < 0) return sign(amount) < 0 ? ">−$0.000001" : "<$0.000001";
  // Rounding that reaches the next tier is printed in that tier: 0.99996 is $1.00.
  if (compare(size, "0.99995") >= 0) return print(amount, digits(2));
  if (compare(size, "0.01") >= 0) return print(amount, digits(4));
  return print(amount, { minimumSignificantDigits: 1, maximumSignificantDigits: 3 });
}

/** How many places one table column needs, so that its decimals align and its smallest amount shows. */
export function columnPlaces(amounts: readonly (string | null)[]): number {
  let places = 2;
  for (const amount of amounts) {
    if (amount === null || sign(amount) === 0) continue;
    const size = magnitude(amount);
    const needed = compare(size, "0.995") >= 0 ? 2 : compare(size, "0.01") >= 0 ? 4 : compare(size, "0.0001") >= 0 ? 5 : 6;
    places = Math.max(places, needed);
  }
  return places;
}

/** One amount in a column of that many places. */
export function columnMoney(amount: string | null, places: number): string {
  if (amount === null) return noPrice;
  const smallest = `0.${"0".repeat(places - 1)}1`;
  if (sign(amount) !== 0 && scaled(magnitude(amount)) * 2n < scaled(smallest)) return rowMoney(amount);
  return print(amount, digits(places));
}

/** Every stored digit, for receipts and exports; at least cents. */
export function exactMoney(amount: string | null): string {
  if (amount === null) return noPrice;
  return print(amount, { minimumFractionDigits: 2, maximumFractionDigits: 18 });
}

/** Every stored digit of the amounts of one column, padded to the same places so that they align. */
export function exactColumn(amounts: readonly (string | null)[]): (amount: string | null) => string {
  const places = Math.max(2, ...amounts.map((amount) => amount?.split(".")[1]?.length ?? 0));
  return (amount) => (amount === null ? noPrice : print(amount, digits(places)));
}

/** With an explicit sign, for a change. */
export function signedMoney(amount: string | null): string {
  if (amount === null) return "—";
  const text = rowMoney(amount);
  return sign(amount) > 0 ? `+${text}` : text;
}


/** An axis label: short, without needless places. */
export function axisMoney(value: number, step: number): string {
  const places = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  return print(value.toFixed(places), value >= 10_000 ? { notation: "compact", maximumFractionDigits: 1 } : digits(places));
}
