// What a process and the Wasm memories in it cost, read from /proc: Linux only.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The workerd processes that this process started. */
export function ownWorkerds(): number[] {
  return readdirSync("/proc").map(Number).filter((pid) => pid > 0 && isOwnWorkerd(pid));
}

function isOwnWorkerd(pid: number): boolean {
  try {
    // "pid (name) state parent …": a name may hold blanks and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const end = stat.lastIndexOf(")");
    const parent = Number(stat.slice(end + 2).split(" ")[1]);
    return stat.slice(stat.indexOf("(") + 1, end) === "workerd" && (parent === process.pid || isOwnChild(parent));
  } catch {
    return false;
  }
}

/** Whether a process was started by this one: a package's launcher stands between. */
function isOwnChild(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === process.pid;
  } catch {
    return false;
  }
}

/** CPU time of all threads so far, in milliseconds; the kernel counts it in nanoseconds. */
export function cpuMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]))
    .reduce((sum, nanoseconds) => sum + nanoseconds / 1e6, 0);
}

/** CPU time of the main thread so far, in milliseconds: where the Workers' code runs. */
export function mainThreadCpuMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[0]) / 1e6;
}

/** Begins a new high-water mark of resident memory. */
export function resetHighWater(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** The most resident memory since the mark was begun, in bytes. */
export function highWaterBytes(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return Number(line?.[1]) * 1024;
}

/**
 * The sizes of the Wasm memories in a process, largest first: each is the accessible beginning of a
 * reservation of gigabytes, which V8 makes so that no access needs a check.
 */
export function wasmMemoryBytes(pid: number): number[] {
  const mappings = readFileSync(`/proc/${pid}/maps`, "latin1").split("\n").map((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) (\S+) /.exec(line);
    return match === null ? undefined : { start: Number.parseInt(match[1]!, 16), end: Number.parseInt(match[2]!, 16), access: match[3]! };
  }).filter((mapping) => mapping !== undefined);
  const reservedAtLeast = 2 ** 31;
  return mappings
    .filter((mapping, index) => {
      const next = mappings[index + 1];
      return mapping.access.startsWith("rw") && next?.start === mapping.end && next.access.startsWith("---") && next.end - next.start >= reservedAtLeast;
    })
    .map(({ start, end }) => end - start)
    .toSorted((a, b) => b - a);
}
