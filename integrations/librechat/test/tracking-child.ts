// A program that tracks, as a process of its own that tests may kill. It writes the number of each event to
// a file once `track` said that it is kept: whatever stands there must come to the ledger.
import { openSync, writeSync } from "node:fs";
import { TokentillClient } from "../src/index.ts";

export interface ChildTask {
  url: string;
  key: string;
  spool: string | false;
  /** Gets a line for each event that is kept. */
  keptFile: string;
  first: number;
  count: number;
  /** How many events follow each other before the loop has its turn. */
  burst: number;
  pauseMs: number;
  /** What the program does when it has tracked everything. */
  ending: "wait" | "return" | "exit" | "own handler";
  spoolBytesMax?: number;
}

export function eventOf(number: number): Parameters<TokentillClient["track"]>[0] & { id: string } {
  return {
    id: `chaos-${number}`,
    type: "chat",
    session_id: `session-${number % 17}`,
    user_id: `user-${number % 5}`,
    timestamp: 1_795_000_000_000 + number * 1_000,
    duration_ms: 900,
    provider: "openAI",
    model_name: "gpt-5-mini",
    usage: { input: 1_000 + number, output: 500 },
  };
}

if (import.meta.main) {
  const task = JSON.parse(process.argv[2]!) as ChildTask;
  const kept = openSync(task.keptFile, "a");
  const client = new TokentillClient({
    url: task.url, key: task.key, spool: task.spool, intervalMs: 20, timeoutMs: 400, adoptAfterMs: 600, exitFlushMs: 1_500,
    // A busy machine is no broken disk: what is said to be kept is on the disk, however long it took.
    stallMs: Number.POSITIVE_INFINITY,
    ...(task.spoolBytesMax !== undefined && { spoolBytesMax: task.spoolBytesMax }),
  });
  if (task.ending === "own handler") process.on("SIGTERM", () => setTimeout(() => process.exit(0), 300));
  let slowestMs = 0;
  for (let number = task.first; number < task.first + task.count; number++) {
    const startedMs = performance.now();
    const id = client.track(eventOf(number));
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    if (id !== undefined) writeSync(kept, `${number}\n`);
    if ((number - task.first + 1) % task.burst === 0) await new Promise((resolve) => setTimeout(resolve, task.pauseMs));
  }
  process.stdout.write(`${JSON.stringify({ ...client.state(), slowestMs })}\n`);
  if (task.ending === "exit") process.exit(0);
  if (task.ending !== "return") setInterval(() => undefined, 1_000);
}
