// The workerd processes that this process started, and the CPU time that each has used.
import { readdirSync, readFileSync } from "node:fs";

/** Their process ids. Needs Linux's /proc; elsewhere there are none. */
export function workerdProcesses(): number[] {
  return processes()
    .filter((pid) => {
      const fields = statOf(pid);
      return fields?.command === "workerd" && fields.parent === process.pid;
    });
}

/** Milliseconds of CPU time, user and system, of all its threads. The clock ticks every 10 ms. */
export function cpuMilliseconds(pid: number): number {
  const ticksPerSecond = 100;
  return ((statOf(pid)?.ticks ?? NaN) * 1000) / ticksPerSecond;
}

function processes(): number[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

function statOf(pid: number): { command: string; parent: number; ticks: number } | undefined {
  try {
    // pid (command) state ppid …; the 14th and 15th fields are user and system time.
    const [, command, rest] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    const fields = rest!.split(" ");
    return { command: command!, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}
