// `npx @tokentill/librechat backfill`: what it is told, what it says, and how it ends.
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Connection } from "../client/post-json.ts";
import { Voice } from "../client/say.ts";
import { settingsOf } from "../client/settings.ts";
import { backfill, type BackfillReport } from "./backfill.ts";
import { TOGETHER_MS } from "./pair-transactions.ts";
import { number, Progress } from "./progress.ts";
import { readState, saveState } from "./saved-state.ts";

export const backfillHelp = `Usage: tokentill-librechat backfill --before MOMENT [--dry-run] [options]

Reads LibreChat's transactions and sends each call once: its id is tx:<_id>, so that a
repeat changes nothing.

  --before MOMENT   only what was written before it, as 2026-11-01T00:00:00Z: the moment
                    from which the exporter or the client reports. What both report would
                    count twice.
  --after MOMENT    only what was written from then on
  --mongo URI       LibreChat's database; without it MONGO_URI
  --database NAME   without it the URI's, or LibreChat
  --state FILE      where the run's place is kept, tokentill-backfill.json
  --dry-run         says what would be sent, by month and model, and sends nothing
  --json            the report as JSON

TOKENTILL_URL and TOKENTILL_KEY name the suite and a key with the scopes ingest and backfill.
`;

const options = {
  before: { type: "string" },
  after: { type: "string" },
  mongo: { type: "string" },
  database: { type: "string" },
  state: { type: "string", default: "tokentill-backfill.json" },
  "dry-run": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  isTerminal: boolean;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Runs the command; answers with the exit code. */
export async function backfillCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) {
    terminal.out(backfillHelp);
    return 0;
  }
  const before = moment("--before", values.before);
  // Its last calls must have both of their rows.
  if (before.getTime() > Date.now() - TOGETHER_MS) throw new TypeError("--before lies less than ten minutes ago: LibreChat may still be writing what belongs to it; give an earlier moment, or wait");
  const after = values.after === undefined ? undefined : moment("--after", values.after);
  const uri = values.mongo ?? terminal.environment["MONGO_URI"];
  if (uri === undefined || uri === "") throw new TypeError("no database: name LibreChat's with --mongo or MONGO_URI, as mongodb://127.0.0.1:27017/LibreChat");
  const isDry = values["dry-run"];
  const connection = isDry ? undefined : connectionOf(terminal);
  const { MongoClient, ObjectId } = await import("mongodb");
  const mongo = new MongoClient(uri, { appName: "tokentill-backfill", readPreference: "secondaryPreferred", serverSelectionTimeoutMS: 15_000 });
  try {
    await mongo.connect();
    const database = mongo.db(values.database ?? (mongo.options.dbName === "test" ? "LibreChat" : mongo.options.dbName));
    const about = { database: database.databaseName, before: before.toISOString() };
    const state = isDry ? undefined : readState(values.state);
    const isSame = state !== undefined && state.database === about.database && state.before === about.before;
    const from = isSame && state.cursor !== null ? new ObjectId(state.cursor) : after === undefined ? undefined : objectIdAt(ObjectId, after);
    if (isSame && state.cursor !== null) terminal.error(`Goes on at ${state.cursor}, as ${values.state} says.\n`);
    const voice = new Voice((_level, line) => terminal.error(`${line}\n`));
    let progress: Progress | undefined;
    const report = await backfill({
      database,
      range: { from, before: objectIdAt(ObjectId, before) },
      connection,
      onCursor: (cursor) => { if (!isDry) saveState(values.state, { cursor, ...about }); },
      onRows: (done, total) => (progress ??= new Progress(total, terminal.isTerminal, terminal.error)).at(done),
      onRefusal: ({ record, reason }) => {
        voice.about("refused", "error", `an event is refused: ${reason}; see ${values.state}.refused.jsonl.`);
        appendFileSync(`${values.state}.refused.jsonl`, `${JSON.stringify({ reason, event: JSON.parse(record.json) })}\n`, { mode: 0o600 });
      },
      onTrouble: (reason) => voice.about("delivery", "warn", `the suite does not take events: ${reason}. They are tried again.`),
      signal: terminal.signal,
    });
    progress?.end(report.rows);
    terminal.out(values.json ? `${JSON.stringify(report)}\n` : reportText(report, isDry));
    if (!report.is_complete) return 130;
    return report.answers.conflict + report.answers.rejected > 0 ? 1 : 0;
  } finally {
    connection?.close();
    await mongo.close();
  }
}

function connectionOf({ environment }: Terminal): Connection {
  const url = environment["TOKENTILL_URL"] ?? "";
  if (url === "") throw new TypeError("no suite: name its address with TOKENTILL_URL, or look first with --dry-run");
  const settings = settingsOf({ url, key: environment["TOKENTILL_KEY"] ?? "", timeoutMs: 60_000 });
  return new Connection(settings.base, settings.key, settings.timeoutMs);
}

function moment(name: string, value: string | undefined): Date {
  const at = new Date(value ?? "");
  if (value === undefined || Number.isNaN(at.getTime()) || !/\d{4}-\d{2}-\d{2}/.test(value)) {
    throw new TypeError(`${name} is ${value === undefined ? "missing" : `\`${value}\``}: give a moment as 2026-11-01T00:00:00Z`);
  }
  return at;
}

/** The first id that a second may have. */
function objectIdAt<T extends { createFromTime(seconds: number): InstanceType<T> } & (new (...args: never[]) => unknown)>(ObjectId: T, at: Date): InstanceType<T> {
  return ObjectId.createFromTime(Math.floor(at.getTime() / 1000));
}

function reportText(report: BackfillReport, isDry: boolean): string {
  const { answers } = report;
  const lines = report.months.map((row) =>
    [row.month, row.model.padEnd(32), number(row.calls).padStart(9), number(row.failed).padStart(7), number(row.estimated).padStart(9), number(row.input_tokens).padStart(15), number(row.output_tokens).padStart(13), (row.librechat_token_value / 1e6).toFixed(2).padStart(12)].join("  "),
  );
  const head = ["month  ", "model".padEnd(32), "calls".padStart(9), "failed".padStart(7), "estimated".padStart(9), "tokens in".padStart(15), "tokens out".padStart(13), "LibreChat $".padStart(12)].join("  ");
  const estimated = Object.entries(report.estimated).toSorted().map(([reason, calls]) => `  ${reason.padEnd(30)} ${number(calls)}`);
  return [
    head,
    ...lines,
    "",
    `${number(report.rows)} rows are ${number(report.calls)} calls${isDry ? "; nothing was sent" : `: ${number(answers.accepted)} new, ${number(answers.duplicate)} known already, ${number(answers.queued)} queued, ${number(answers.conflict + answers.rejected)} refused`}.`,
    ...(estimated.length > 0 ? ["Not known exactly (metadata.estimated):", ...estimated] : []),
    ...(report.is_complete ? [] : ["Ended before its end: the same command goes on."]),
    "",
  ].join("\n");
}
