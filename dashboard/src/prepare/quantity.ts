/** Counts, shares, durations and rates as people read them. */

const locale = "en-US";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 });
const tenth = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const narrow = "\u202f";

/** Every digit: 18,204. */
export function count(value: number): string {
  return whole.format(value).replace("-", "−");
}

/** Three digits for a tile: 1.24 M. The full number belongs in its title. */
export function compactCount(value: number): string {
  return short.format(value).replace(/([KMBT])$/, `${narrow}$1`).replace("-", "−");
}

/** A noun with its number: "1 session", "3 sessions". */
export function plural(value: number, noun: string, many = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : many}`;
}

/** A share of a whole, from 0…1: 26.4 %. */
export function share(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return "—";
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.05) return `<0.1${narrow}%`;
  return `${tenth.format(percent)}${narrow}%`.replace("-", "−");
}

/** A change relative to its base, from a ratio such as 0.341: +34.1 %. */
export function signedPercent(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 999) return `>999${narrow}%`;
  const text = `${tenth.format(Math.abs(percent))}${narrow}%`;
  return percent >= 0.05 ? `+${text}` : percent <= -0.05 ? `−${text}` : text;
}

/** A share of a cost that is not zero is not nothing, however the ratio was rounded on its way. */
export function costShare(ratio: number | null, hasCost: boolean): string {
  return ratio === 0 && hasCost ? `<0.1${narrow}%` : share(ratio);
}

/** A time span: 412 ms, 8.4 s, 1.5 min, 37 min, 2 h 5 min, 3 d 4 h. */
export function duration(ms: number | null): string {
  if (ms === null) return "—";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${tenth.format(ms / 1000)} s`;
  if (ms < 597_000) return `${tenth.format(ms / 60_000)} min`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Seconds since something, said roughly: "12 s ago". Only beside an absolute time. */
export function ago(ms: number): string {
  if (ms < 5_000) return "just now";
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s ago`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`;
  if (ms < 172_800_000) return `${Math.floor(ms / 3_600_000)} h ago`;
  return `${Math.floor(ms / 86_400_000)} days ago`;
}
