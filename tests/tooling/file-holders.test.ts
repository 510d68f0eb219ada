import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { commandLineOf, holdersOf } from "../../scripts/suite/file-holders.ts";

test("who holds a file of a folder is named until it ends", { skip: !existsSync("/proc/self/fd") && "needs /proc" }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "tokentill-held-"));
  const file = join(directory, "deeper.sqlite");
  writeFileSync(file, "");
  assert.deepEqual(holdersOf(directory), []);
  const child = spawn("sh", ["-c", `exec 5<"${file}"; echo open; exec sleep 60`], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  // The shell becomes `sleep` in a moment of its own.
  while (!commandLineOf(child.pid!).startsWith("sleep")) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(holdersOf(directory), [{ pid: child.pid, command: "sleep" }]);
  // A folder whose name merely begins alike is another one.
  assert.deepEqual(holdersOf(directory.slice(0, -1)), []);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.deepEqual(holdersOf(directory), []);
  rmSync(directory, { recursive: true });
});
