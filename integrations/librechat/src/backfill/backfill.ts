// LibreChat's history into the ledger: rows in lots, calls of them, batches to the suite. Memory holds one lot;
// after each batch that has its answers the cursor moves on, and a run that ends anywhere goes on from there.
import type { Db } from "mongodb";
import { backoffMs } from "../client/backoff.ts";
import { type Counts, newCounts } from "../client/counts.ts";
import { deliver, type Refusal } from "../client/deliver.ts";
import type { Interaction, Queued } from "../client/event.ts";
import type { Connection } from "../client/post-json.ts";
import { interactionOf } from "./call-to-interaction.ts";
import { type Call, type Transaction, TransactionPairs } from "./pair-transactions.ts";
import { countRows, isWithin, type Range, readRows, surroundingsOf } from "./read-librechat.ts";

export interface BackfillTask {
  database: Db;
  range: Range;
  /** Without one nothing is sent: a dry run. */
  connection: Connection | undefined;
  /** Called when everything before the cursor has its answers. */
  onCursor(cursor: string): void;
  onRows(done: number, total: number): void;
  onRefusal(refusal: Refusal): void;
  onTrouble(reason: string): void;
  /** Ends the run after the batch under way. */
  signal: AbortSignal;
}

export interface MonthOfModel {
  month: string;
  model: string;
  calls: number;
  failed: number;
  estimated: number;
  input_tokens: number;
  output_tokens: number;
  /** LibreChat's own figure, millionths of a dollar. */
  librechat_token_value: number;
}

export interface BackfillReport {
  rows: number;
  calls: number;
  is_complete: boolean;
  answers: Counts["delivered"];
  /** How many calls are not known exactly, by what is not. */
  estimated: Record<string, number>;
  months: MonthOfModel[];
}

const LOT_ROWS = 800;

export async function backfill(task: BackfillTask): Promise<BackfillReport> {
  const total = await countRows(task.database, task.range);
  const pairs = new TransactionPairs();
  const report: BackfillReport = { rows: 0, calls: 0, is_complete: false, answers: newCounts().delivered, estimated: {}, months: [] };
  const months = new Map<string, MonthOfModel>();
  let last: Transaction | undefined;
  for await (const rows of readRows(task.database, task.range, LOT_ROWS)) {
    last = rows.at(-1) ?? last;
    if (!(await send(task, pairs.add(rows), report, months))) break;
    report.rows += rows.length;
    task.onCursor((pairs.oldestOpen ?? last!)._id.toString());
    task.onRows(report.rows, total);
    if (task.signal.aborted) break;
  }
  if (!task.signal.aborted) report.is_complete = await send(task, pairs.expire(Number.POSITIVE_INFINITY), report, months);
  report.months = [...months.values()].toSorted((a, b) => a.month.localeCompare(b.month) || a.model.localeCompare(b.model));
  return report;
}

/** Whether everything has its answers; a run that is ended meanwhile leaves the rest to the next one. */
async function send(task: BackfillTask, found: readonly Call[], report: BackfillReport, months: Map<string, MonthOfModel>): Promise<boolean> {
  const calls = found.filter((call) => isWithin(call, task.range));
  if (calls.length === 0) return true;
  const around = await surroundingsOf(task.database, calls);
  const interactions = calls.map((call, index) => interactionOf(call, around[index]!));
  for (let start = 0; start < interactions.length; start += 500) {
    if (task.connection !== undefined && !(await sendBatch(task, task.connection, interactions.slice(start, start + 500), report))) return false;
  }
  for (const interaction of interactions) addToReport(interaction, report, months);
  return true;
}

async function sendBatch(task: BackfillTask, connection: Connection, interactions: readonly Interaction[], report: BackfillReport): Promise<boolean> {
  const records = interactions.map((interaction): Queued => ({ kind: "interaction", json: JSON.stringify(interaction) }));
  for (let failures = 1; ; failures++) {
    const { again, answers, refusals } = await deliver(connection, records);
    if (again === undefined) {
      for (const status of Object.keys(answers) as (keyof typeof answers)[]) report.answers[status] += answers[status];
      for (const refusal of refusals) task.onRefusal(refusal);
      return true;
    }
    task.onTrouble(again.reason);
    await pause(backoffMs(failures, again.afterMs), task.signal);
    if (task.signal.aborted) return false;
  }
}

function addToReport(interaction: Interaction, report: BackfillReport, months: Map<string, MonthOfModel>): void {
  report.calls += 1;
  const metadata = interaction.metadata as { estimated?: string[]; librechat_token_value: number };
  for (const reason of metadata.estimated ?? []) report.estimated[reason] = (report.estimated[reason] ?? 0) + 1;
  const month = new Date(interaction.timestamp as number).toISOString().slice(0, 7);
  const model = interaction.model_name!;
  const key = `${month} ${model}`;
  const row = months.get(key) ?? { month, model, calls: 0, failed: 0, estimated: 0, input_tokens: 0, output_tokens: 0, librechat_token_value: 0 };
  months.set(key, row);
  const { output = 0, ...inputs } = interaction.usage as Record<string, number>;
  row.calls += 1;
  row.failed += interaction.status === "error" ? 1 : 0;
  row.estimated += metadata.estimated === undefined ? 0 : 1;
  row.input_tokens += Object.values(inputs).reduce((sum, tokens) => sum + tokens, 0);
  row.output_tokens += output;
  row.librechat_token_value += metadata.librechat_token_value;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    }
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
