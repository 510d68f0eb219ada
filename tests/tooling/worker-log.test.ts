import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openWorkerLog } from "../../scripts/suite/worker-log.ts";

const directory = mkdtempSync(join(tmpdir(), "tokentill-log-"));
after(() => rmSync(directory, { recursive: true, force: true }));

test("a log is its owner's alone", () => {
  const path = join(directory, "own", "workers.log");
  openWorkerLog(path)('{"event":"request"}');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a log starts anew when it is full, and the oldest goes", () => {
  const path = join(directory, "rotated", "workers.log");
  const log = openWorkerLog(path, { bytesMax: 10 });
  for (let line = 1; line <= 7; line += 1) log(`line ${line} is longer than the log`);
  assert.deepEqual(readdirSync(join(directory, "rotated")).toSorted(), ["workers.log", "workers.log.1", "workers.log.2", "workers.log.3"]);
  assert.match(readFileSync(path, "utf8"), /^line 7 /);
  assert.match(readFileSync(`${path}.3`, "utf8"), /^line 4 /);
});

test("a full disk stops no suite, and the log says how many lines it lost", { skip: !existsSync("/dev/full") && "needs /dev/full" }, () => {
  const path = join(directory, "workers.log");
  const troubles: string[] = [];
  symlinkSync("/dev/full", path);
  const log = openWorkerLog(path, { onTrouble: (message) => troubles.push(message) });
  log("lost");
  log("lost too");
  assert.equal(troubles.length, 1);
  assert.match(troubles[0]!, /ENOSPC/);
  unlinkSync(path);
  log("there is space again");
  assert.equal(readFileSync(path, "utf8"), '{"event":"log-lines-lost","count":2}\nthere is space again\n');
});
