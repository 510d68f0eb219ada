// What a suite answered, as the client acts on it.

/** What became of one event. */
export interface EventAnswer {
  status: "accepted" | "duplicate" | "conflict" | "rejected" | "queued";
  detail: string;
}

export type Verdict =
  /** One answer an event, in their order. */
  | { kind: "answered"; answers: EventAnswer[] }
  /** The body as a whole is refused: sent smaller, or without its event at fault, it may be taken. */
  | { kind: "refused"; detail: string }
  /** Nothing is decided; the same may be sent again. */
  | { kind: "again"; reason: string; afterMs: number | undefined };

export interface HttpAnswer {
  status: number;
  retryAfter: string | undefined;
  text: string;
}

const statuses: ReadonlySet<string> = new Set(["accepted", "duplicate", "conflict", "rejected", "queued"]);

/** The verdict on a batch of `count` events. */
export function readBatchAnswer({ status, retryAfter, text }: HttpAnswer, count: number, now: number): Verdict {
  if (status === 200 || status === 202) {
    const results = field(parse(text), "results");
    if (!Array.isArray(results) || results.length !== count) return again("the answer is not one of Tokentill: does the address lead to it?");
    return { kind: "answered", answers: results.map(readEvent) };
  }
  return readRefusal({ status, retryAfter, text }, now);
}

/** The verdict on a session's mark. */
export function readMarkAnswer(answer: HttpAnswer, now: number): Verdict {
  if (answer.status === 200 || answer.status === 202) {
    const status = field(parse(answer.text), "status");
    if (status !== "recorded" && status !== "queued") return again("the answer is not one of Tokentill: does the address lead to it?");
    return { kind: "answered", answers: [{ status: status === "queued" ? "queued" : "accepted", detail: "" }] };
  }
  return readRefusal(answer, now);
}

function readRefusal({ status, retryAfter, text }: HttpAnswer, now: number): Verdict {
  const detail = String(field(parse(text), "detail") ?? `HTTP ${status}`);
  if (status === 400 || status === 413 || status === 422) return { kind: "refused", detail };
  if (status === 401 || status === 403) return again(`the key is refused (${status}): ${detail}`);
  if (status === 404) return again("404: does the address lead to Tokentill?");
  return again(`${status}: ${detail}`, retryAfterMs(retryAfter, now));
}

function readEvent(result: unknown): EventAnswer {
  const status = String(field(result, "status"));
  const name = field(result, "field");
  const detail = String(field(result, "detail") ?? status);
  return {
    status: statuses.has(status) ? (status as EventAnswer["status"]) : "rejected",
    detail: typeof name === "string" ? `${name}: ${detail}` : detail,
  };
}

/** `Retry-After` in seconds or as a date. */
function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function again(reason: string, afterMs?: number): Verdict {
  return { kind: "again", reason, afterMs };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
