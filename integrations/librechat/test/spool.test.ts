// The spool by itself: what was appended is read back, whatever happened to the files meanwhile.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { DiskSpool, type SpoolOptions } from "../src/client/disk-spool.ts";
import type { Queued } from "../src/client/event.ts";
import { readLines, writeLine } from "../src/client/record-line.ts";
import { temporaryFolder } from "./temporary-folder.ts";

interface Opened {
  spool: DiskSpool;
  corrupt: { count: number };
}

function open(context: TestContext, directory: string, changes: Partial<SpoolOptions> = {}): Opened {
  const corrupt = { count: 0 };
  const spool = new DiskSpool(
    { directory, bytesMax: 10_000_000, segmentBytesMax: 4_096, fsync: "never", stallMs: Number.POSITIVE_INFINITY, beatMs: 20, adoptAfterMs: 200, ...changes },
    { onCorrupt: (count) => (corrupt.count += count), onFault: (error) => { throw error; }, onGivenBack: () => assert.fail("nothing was to come back") },
  );
  context.after(() => spool.close());
  return { spool, corrupt };
}

const record = (text: string): Queued => ({ kind: "interaction", json: JSON.stringify({ id: text, note: "é\n ü" }) });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Everything that is kept; on a disk that stalls some of it is on its way. */
async function readAll(spool: DiskSpool): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const taken = await spool.take(7, 1_000);
    if (taken === undefined) {
      if (spool.isEmpty) return ids;
      await pause(5);
      continue;
    }
    ids.push(...taken.records.map(({ json }) => (JSON.parse(json) as { id: string }).id));
    taken.done();
  }
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".log")).map((name) => join(directory, name)).toSorted();
}

test("what is appended is taken once and in order, and leaves nothing on the disk", async (context) => {
  const directory = temporaryFolder(context);
  const { spool } = open(context, directory);
  const ids = Array.from({ length: 500 }, (_, index) => `event-${index}`);
  for (const id of ids) assert.equal(spool.append(record(id)), "kept");
  assert.ok(filesOf(directory).length > 0);
  assert.deepEqual(await readAll(spool), ids);
  assert.ok(spool.isEmpty);
  spool.close();
  assert.deepEqual(readdirSync(directory), []);
});

test("what may wait a moment and what may not lie together, each whole and once", async (context) => {
  const { spool, corrupt } = open(context, temporaryFolder(context), { segmentBytesMax: 100_000 });
  const ids = Array.from({ length: 3_000 }, (_, index) => `event-${index}`);
  const read: string[] = [];
  for (const [index, id] of ids.entries()) {
    assert.equal(spool.append(record(id), index % 7 !== 0), "kept");
    if (index % 300 === 0) {
      await pause(25);
      read.push(...(await readAll(spool)));
    }
  }
  // Without a word of its own it is on the disk after a moment.
  await pause(100);
  read.push(...(await readAll(spool)));
  assert.deepEqual(read.toSorted(), ids.toSorted());
  assert.ok(spool.isEmpty);
  assert.equal(corrupt.count, 0);
});

test("on a disk that stalls writes go behind the loop, and nothing of them is lost", async (context) => {
  // Every write takes longer than none.
  const { spool, corrupt } = open(context, temporaryFolder(context), { stallMs: -1 });
  const ids = Array.from({ length: 2_000 }, (_, index) => `event-${index}`);
  const read: string[] = [];
  for (const [index, id] of ids.entries()) {
    assert.equal(spool.append(record(id)), "kept");
    if (index % 200 === 199) read.push(...(await readAll(spool)));
  }
  read.push(...(await readAll(spool)));
  assert.deepEqual(read.toSorted(), ids.toSorted());
  assert.equal(corrupt.count, 0);
});

test("what is taken and not done is taken again", async (context) => {
  const { spool } = open(context, temporaryFolder(context));
  for (let index = 0; index < 20; index++) spool.append(record(`event-${index}`));
  await pause(60);
  const first = await spool.take(5, 10_000);
  const again = await spool.take(5, 10_000);
  assert.deepEqual(again, { ...first, done: again!.done });
  again!.done();
  assert.equal((await readAll(spool)).length, 15);
});

test("the next process takes over what a silent one left, and never what a living one has", async (context) => {
  const directory = temporaryFolder(context);
  const living = open(context, directory).spool;
  living.append(record("of the living"));
  // A process that was killed: its folder stays as it was, and nobody touches it.
  const killed = new DiskSpool(
    { directory, bytesMax: 1e6, segmentBytesMax: 100, fsync: "never", stallMs: 100, beatMs: 1e6, adoptAfterMs: 1e6 },
    { onCorrupt: () => undefined, onFault: () => undefined, onGivenBack: () => undefined },
  );
  for (let index = 0; index < 5; index++) killed.append(record(`left-${index}`));
  await pause(60);
  const past = Date.now() / 1000 - 60;
  const aliveOfKilled = readdirSync(directory).toSorted().map((lane) => join(directory, lane, "alive"));
  utimesSync(aliveOfKilled.find((path) => filesOf(join(path, "..")).length > 1)!, past, past);
  const next = open(context, directory).spool;
  assert.deepEqual(await readAll(next), ["left-0", "left-1", "left-2", "left-3", "left-4"]);
  assert.deepEqual(await readAll(living), ["of the living"]);
});

test("an owner whose folder was taken over writes into a new one", async (context) => {
  const directory = temporaryFolder(context);
  const slept = open(context, directory, { beatMs: 1e6, adoptAfterMs: 1e6 }).spool;
  slept.append(record("before"));
  await pause(60);
  const past = Date.now() / 1000 - 60;
  utimesSync(join(directory, readdirSync(directory)[0]!, "alive"), past, past);
  const other = open(context, directory).spool;
  // It wakes: as after a pause of the machine, it looks before it writes.
  (slept as unknown as { lane: { beatAtMs: number } }).lane.beatAtMs = 0;
  assert.equal(slept.append(record("after")), "kept");
  assert.deepEqual(await readAll(other), ["before"]);
  assert.deepEqual(await readAll(slept), ["after"]);
});

test("wherever a crash cuts a file, every whole record before it is read", async () => {
  const records = ["a", "b", "c"].map(record);
  const whole = Buffer.concat(records.map(writeLine));
  const ends = records.map((_, index) => Buffer.concat(records.slice(0, index + 1).map(writeLine)).length);
  for (let cut = 0; cut <= whole.length; cut++) {
    const read = readLines(whole.subarray(0, cut), 100, true);
    assert.equal(read.records.length, ends.filter((end) => end <= cut).length, `cut at ${cut}`);
    assert.equal(read.corruptCount, cut === 0 || ends.includes(cut) ? 0 : 1, `cut at ${cut}`);
    assert.equal(read.bytes, cut);
  }
});

test("a spoiled byte costs the record that it is in, and is counted", async () => {
  const records = ["a", "b", "c"].map(record);
  const whole = Buffer.concat(records.map(writeLine));
  for (let at = 0; at < whole.length; at++) {
    const spoiled = Buffer.from(whole);
    spoiled[at] = spoiled[at]! ^ 0x41;
    const read = readLines(spoiled, 100, true);
    // A spoiled line feed joins two records; any other byte is of one.
    assert.equal(read.records.length, whole[at] === 10 && at < whole.length - 1 ? 1 : 2, `byte ${at}`);
    assert.ok(read.corruptCount >= 1, `byte ${at}`);
    for (const { json } of read.records) assert.ok(records.some((each) => each.json === json));
  }
});

test("half a line and rubbish in files of a former process cost nothing else", async (context) => {
  const directory = temporaryFolder(context);
  const first = open(context, directory, { beatMs: 1e6 }).spool;
  for (let index = 0; index < 100; index++) first.append(record(`event-${index}`));
  first.close();
  const files = filesOf(directory);
  const last = files.at(-1)!;
  writeFileSync(last, Buffer.concat([readFileSync(last), Buffer.from("0badc0de i {\"id\":\"half")]));
  const middle = files[1]!;
  writeFileSync(middle, Buffer.concat([Buffer.alloc(3_000, 7), Buffer.from("\n"), readFileSync(middle), Buffer.alloc(5_000, 0)]));
  await pause(1_100);
  const { spool, corrupt } = open(context, directory);
  const ids = await readAll(spool);
  await pause(200);
  ids.push(...(await readAll(spool)));
  assert.deepEqual(ids.toSorted(), Array.from({ length: 100 }, (_, index) => `event-${index}`).toSorted());
  assert.ok(corrupt.count >= 2);
});

test("a full spool takes nothing more, and something again once there is room", async (context) => {
  const directory = temporaryFolder(context);
  const { spool } = open(context, directory, { bytesMax: 10_000 });
  let kept = 0;
  while (spool.append(record(`event-${kept}`)) === "kept") kept += 1;
  await pause(60);
  const onDisk = filesOf(directory).reduce((sum, path) => sum + statSync(path).size, 0);
  assert.ok(onDisk <= 10_000 && onDisk > 9_800, `${onDisk} bytes`);
  assert.equal((await readAll(spool)).length, kept);
  assert.equal(spool.append(record("again")), "kept");
});
