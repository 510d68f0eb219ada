// Brings some records to the suite, or says why not yet. Every record has its id, so that sending one again
// is always safe: whatever is in doubt is sent again.
import { readBatchAnswer, readMarkAnswer, type Verdict } from "./answer.ts";
import { type Counts, newCounts } from "./counts.ts";
import type { Queued } from "./event.ts";
import type { Connection } from "./post-json.ts";

export interface Refusal {
  record: Queued;
  reason: string;
}

export interface Delivery {
  /** `undefined` when every record has its answer. */
  again: { reason: string; afterMs: number | undefined } | undefined;
  refusals: Refusal[];
  /** What the answers were; it counts once every record has one. */
  answers: Counts["delivered"];
}

const paths = { session_start: "/track/session/start", session_end: "/track/session/end" } as const;

export async function deliver(connection: Connection, records: readonly Queued[]): Promise<Delivery> {
  const delivery: Delivery = { again: undefined, refusals: [], answers: newCounts().delivered };
  const interactions = records.filter(({ kind }) => kind === "interaction");
  if (interactions.length > 0) await deliverBatch(connection, interactions, delivery);
  for (const mark of records) {
    if (mark.kind === "interaction") continue;
    if (delivery.again !== undefined) break;
    await deliverMark(connection, mark, delivery);
  }
  return delivery;
}

async function deliverBatch(connection: Connection, records: readonly Queued[], delivery: Delivery): Promise<void> {
  // Parts of a batch that was refused as a whole; the first that is still undecided ends it.
  const waiting: (readonly Queued[])[] = [records];
  while (waiting.length > 0 && delivery.again === undefined) {
    const part = waiting.pop()!;
    const body = `{"events":[${part.map(({ json }) => json).join(",")}]}`;
    const verdict = await ask(connection, "/track/batch", body, (answer) => readBatchAnswer(answer, part.length, Date.now()));
    if (verdict.kind === "again") delivery.again = verdict;
    else if (verdict.kind === "answered") verdict.answers.forEach((answer, at) => settle(part[at]!, answer.status, answer.detail, delivery));
    else if (part.length === 1) settle(part[0]!, "rejected", verdict.detail, delivery);
    else waiting.push(part.slice(Math.ceil(part.length / 2)), part.slice(0, Math.ceil(part.length / 2)));
  }
}

async function deliverMark(connection: Connection, record: Queued, delivery: Delivery): Promise<void> {
  const path = paths[record.kind === "session_end" ? "session_end" : "session_start"];
  const verdict = await ask(connection, path, record.json, (answer) => readMarkAnswer(answer, Date.now()));
  if (verdict.kind === "again") delivery.again = verdict;
  else if (verdict.kind === "answered") settle(record, verdict.answers[0]!.status, "", delivery);
  else settle(record, "rejected", verdict.detail, delivery);
}

function settle(record: Queued, status: keyof Counts["delivered"], reason: string, delivery: Delivery): void {
  delivery.answers[status] += 1;
  if (status === "conflict" || status === "rejected") delivery.refusals.push({ record, reason });
}

async function ask(connection: Connection, path: string, body: string, read: (answer: Awaited<ReturnType<Connection["post"]>>) => Verdict): Promise<Verdict> {
  try {
    return read(await connection.post(path, body));
  } catch (error) {
    return { kind: "again", reason: error instanceof Error ? error.message : String(error), afterMs: undefined };
  }
}
