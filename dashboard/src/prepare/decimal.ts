/**
 * Exact arithmetic on the API's decimal strings, for the few places that check or order amounts.
 * Totals come from the API; nothing here makes one.
 */

const form = /^(-?)(\d+)(?:\.(\d+))?$/;
/** The ledger counts picodollars, so twelve places hold every stored digit; rates may have more. */
const places = 18;

/** The amount as an integer of 10⁻¹⁸; throws on anything that is no plain decimal. */
export function scaled(decimal: string): bigint {
  const found = form.exec(decimal);
  if (found === null) throw new RangeError(`not a decimal number: ${JSON.stringify(decimal)}`);
  const [, minus, whole = "0", fraction = ""] = found;
  if (fraction.length > places) throw new RangeError(`more than ${places} decimal places: ${decimal}`);
  const magnitude = BigInt(whole + fraction.padEnd(places, "0"));
  return minus === "-" ? -magnitude : magnitude;
}

/** The plain decimal of a scaled integer, without trailing zeros. */
export function unscaled(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  const text = digits.slice(0, -places) + (fraction === "" ? "" : `.${fraction}`);
  return value < 0n ? `-${text}` : text;
}

/** −1, 0 or 1. */
export function sign(decimal: string): -1 | 0 | 1 {
  const value = scaled(decimal);
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}

/** Orders two amounts. */
export function compare(a: string, b: string): -1 | 0 | 1 {
  const [x, y] = [scaled(a), scaled(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The amount without its sign. */
export function magnitude(decimal: string): string {
  return decimal.startsWith("-") ? decimal.slice(1) : decimal;
}

/** The exact sum, to check that parts equal a total that the API gave, and for the dry run of a price. */
export function exactSum(decimals: readonly string[]): string {
  return unscaled(decimals.reduce((sum, decimal) => sum + scaled(decimal), 0n));
}

/** The exact difference `a − b`, for a receipt's "what it would cost today". */
export function exactDifference(a: string, b: string): string {
  return unscaled(scaled(a) - scaled(b));
}

/** A float for a position on the screen or a width in percent, and for nothing else. */
export function position(decimal: string): number {
  return Number(decimal);
}
