// Who has a file of a folder open: two runtimes on one database would each trust what it remembers of it.
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, resolve, sep } from "node:path";

export interface Holder {
  pid: number;
  /** The command's name. */
  command: string;
}

/** Other processes that hold a file under the folder; none where the system has no /proc. */
export function holdersOf(directory: string): Holder[] {
  if (!existsSync("/proc/self/fd")) return [];
  const inside = resolve(directory) + sep;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => openFilesOf(pid).some((path) => path.startsWith(inside)))
    .map((pid) => ({ pid: Number(pid), command: commandOf(Number(pid)) }));
}

/** A process's command line; empty where it has ended or the system does not tell. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(join("/proc", String(pid), "cmdline"), "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

function commandOf(pid: number): string {
  return commandLineOf(pid).split(" ")[0]?.split("/").at(-1) ?? "";
}

function openFilesOf(pid: string): string[] {
  const directory = join("/proc", pid, "fd");
  try {
    return readdirSync(directory).flatMap((descriptor) => {
      try {
        return [readlinkSync(join(directory, descriptor))];
      } catch {
        return [];
      }
    });
  } catch {
    // Another user's process, or one that has just ended.
    return [];
  }
}
