// Keeps what the Workers log: one JSON object a line, as they write it.
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Answers with a function that appends a line to the file. */
export function openWorkerLog(path: string): (line: string) => void {
  mkdirSync(dirname(path), { recursive: true });
  return (line) => appendFileSync(path, `${line}\n`);
}
