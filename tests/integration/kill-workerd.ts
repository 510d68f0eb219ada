// Ends the runtime as a crash would: no handler runs, nothing is written any more.
import { readdirSync, readFileSync } from "node:fs";

/** Where processes can be told by who started them. */
export const canKillWorkerd = process.platform === "linux";

/** Kills every workerd that the process started; answers with their ids. */
export function killWorkerdOf(parent: number): number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const [, command, rest] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
        return command === "workerd" && Number(rest!.split(" ")[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
  for (const pid of children) process.kill(pid, "SIGKILL");
  return children;
}
