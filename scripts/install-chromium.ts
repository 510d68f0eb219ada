// Finds Chromium for the browser tests; installs Debian's where there is none.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { runCommand, step, StepError } from "./steps.ts";

const paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of a Chromium. `CHROMIUM_PATH` names another one than the system's. */
export async function installChromium(): Promise<string> {
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen !== undefined && chosen !== "") return chosen;
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const remedy = "install Chromium by hand, or name one with CHROMIUM_PATH=…, then run this again.";
  const isThere = (command: string): boolean => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
  if (!isThere("apt-get")) throw new StepError("Chromium is missing, and this system has no apt-get.", remedy);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !isThere("sudo")) throw new StepError("Chromium is missing; installing it needs root or sudo.", remedy);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const aptGet = (args: string[]): Promise<string> =>
    runCommand(isRoot ? "apt-get" : "sudo", isRoot ? args : ["-n", "apt-get", ...args], { title: "Installing Chromium", remedy, env });
  await step("Installing Debian's Chromium", async () => {
    await aptGet(["update", "-qq"]);
    await aptGet(["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
  });
  return paths[0]!;
}
