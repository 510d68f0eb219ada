// Keeps what the Workers log: one JSON object a line, as they write it.
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";

const bytesMax = 10_000_000;
/** `workers.log`, then `workers.log.1` to `workers.log.3`, the oldest last. */
const kept = 3;

export interface WorkerLogOptions {
  bytesMax?: number;
  /** Hears once that lines are being lost, for example because the disk is full. */
  onTrouble?: (message: string) => void;
}

/** Answers with a function that appends a line to the file. It never throws: a suite whose log can't be
 * written goes on, and says in the log how many lines it lost once it can. */
export function openWorkerLog(path: string, options: WorkerLogOptions = {}): (line: string) => void {
  const most = options.bytesMax ?? bytesMax;
  let lost = 0;
  const append = (line: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    if (sizeOf(path) > most) rotate(path);
    const gap = lost > 0 ? `${JSON.stringify({ event: "log-lines-lost", count: lost })}\n` : "";
    appendFileSync(path, `${gap}${line}\n`, { mode: 0o600 });
    lost = 0;
  };
  return (line) => {
    try {
      append(line);
    } catch (error) {
      if (lost === 0) options.onTrouble?.(`the log can't be written: ${error instanceof Error ? error.message : String(error)}`);
      lost += 1;
    }
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function rotate(path: string): void {
  for (let number = kept; number > 0; number -= 1) {
    const from = number === 1 ? path : `${path}.${number - 1}`;
    if (existsSync(from)) renameSync(from, `${path}.${number}`);
  }
}
