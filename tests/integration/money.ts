// Exact money for tests: decimal strings to picodollars and back, without a float.

/** `"0.0125"` as 12500000000n. */
export function picoOf(amount: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(amount);
  if (match === null) throw new Error(`${amount} is no amount`);
  const [, sign, whole, fraction = ""] = match;
  const pico = BigInt(whole!) * 1_000_000_000_000n + BigInt(fraction.padEnd(12, "0"));
  return sign === "-" ? -pico : pico;
}

/** Rounds a rational half to even, as a component of an estimate is rounded. */
export function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  return twice > denominator || (twice === denominator && whole % 2n === 1n) ? whole + 1n : whole;
}
