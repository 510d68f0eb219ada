// Moves a captured OTLP/JSON body in time, where it has become too old to be taken.

const nanosPerMinute = 60_000_000_000n;
const millisPerMinute = 60_000;
/** The first token's moment is a JSON string within an attribute's string. */
const firstTokenTime = /(completion_start_time","value":\{"stringValue":"\\")([^"\\]+)(\\")/g;
const spanTime = /("(?:start|end)TimeUnixNano"\s*:\s*")(\d+)(")/g;

/** The same body with all its spans moved by the same whole number of minutes, the last of them
 * ending two to three minutes before `now`. */
export function movedTo(body: string, now: Date): string {
  const times = [...body.matchAll(spanTime)].map((match) => BigInt(match[2]!));
  const last = times.reduce((latest, time) => (time > latest ? time : latest), 0n);
  const minutes = (BigInt(now.getTime()) * 1_000_000n - last) / nanosPerMinute - 2n;
  return body
    .replaceAll(spanTime, (_, before: string, time: string, after: string) =>
      `${before}${BigInt(time) + minutes * nanosPerMinute}${after}`)
    .replaceAll(firstTokenTime, (_, before: string, time: string, after: string) =>
      `${before}${new Date(Date.parse(time) + Number(minutes) * millisPerMinute).toISOString()}${after}`);
}

/** The tracker refuses what is older than 400 days. */
const takenDays = 390;

/** The body as it was captured, so that sending it again by hand is a repeat; moved only once it is too old. */
export function stillTaken(body: string, now: Date): string {
  const last = [...body.matchAll(spanTime)].reduce((latest, match) => Math.max(latest, Number(BigInt(match[2]!) / 1_000_000n)), 0);
  return now.getTime() - last < takenDays * 24 * 60 * millisPerMinute ? body : movedTo(body, now);
}
