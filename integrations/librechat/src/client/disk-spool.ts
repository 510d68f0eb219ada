// The spool: events in files that are only ever appended to, and removed when the suite has what they hold.
import { mkdirSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Queued } from "./event.ts";
import { type Found, Lane, type LaneTimes } from "./lane.ts";
import { readLines, writeLine } from "./record-line.ts";
import { type FsyncPolicy, SegmentWriter } from "./segment-writer.ts";
import type { Kept, Store, Taken } from "./store.ts";

export interface SpoolOptions extends LaneTimes {
  directory: string;
  /** The most that lies on the disk; what comes beyond is not taken. */
  bytesMax: number;
  segmentBytesMax: number;
  fsync: FsyncPolicy;
  /** A write that takes longer sends the next ones behind the loop. */
  stallMs: number;
}

export interface SpoolEvents {
  /** Lines that hold no record any more. */
  onCorrupt(count: number, path: string): void;
  /** A fault of the disk; events go to memory meanwhile. */
  onFault(error: unknown): void;
  /** Records that a write behind the loop could not keep. */
  onGivenBack(records: readonly Queued[]): void;
}

interface Segment {
  path: string;
  /** Where the first record lies that was not delivered. */
  offset: number;
  /** The bytes that count for the limit. */
  bytes: number;
  /** Another process's, taken over: what it wrote last may not be there yet. */
  removableFromMs: number;
  /** This process's own, with writes that may still be under way. */
  writer?: SegmentWriter;
}

function isRested(segment: Segment): boolean {
  return Date.now() >= segment.removableFromMs && (segment.writer?.bytesWaiting ?? 0) === 0;
}

/** How long a fault keeps the spool from trying again. */
const FAULT_PAUSE_MS = 1_000;
/** The most bytes that wait for a stalled disk. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

export class DiskSpool implements Store {
  private readonly options: SpoolOptions;
  private readonly events: SpoolEvents;
  private lane: Lane;
  private writer: SegmentWriter | undefined;
  /** Where reading the file that is being written stands. */
  private writerOffset = 0;
  private segments: Segment[] = [];
  /** Read to their ends, and perhaps still written to: read once more before they go. */
  private resting: Segment[] = [];
  private sequence = 0;
  private pausedUntilMs = 0;
  private readonly timers: NodeJS.Timeout[] = [];

  /** Throws where the folder can't be made. */
  constructor(options: SpoolOptions, events: SpoolEvents) {
    this.options = options;
    this.events = events;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.lane = new Lane(options.directory, options);
    this.adopt();
    this.every(options.beatMs, () => this.beat());
    this.every(Math.max(options.adoptAfterMs, options.beatMs), () => this.adopt());
    if (options.fsync !== "never") this.every(1_000, () => this.writer?.sync());
  }

  get isEmpty(): boolean {
    return this.segments.length === 0 && this.unreadOfWriter() === 0 && !this.resting.some(isRested);
  }

  /** What lies on the disk. */
  get bytes(): number {
    const files = [...this.segments, ...this.resting];
    return files.reduce((sum, segment) => sum + segment.bytes, 0) + (this.writer?.bytes ?? 0) + (this.writer?.bytesWaiting ?? 0);
  }

  append(record: Queued, isSoon = false): Kept {
    if (Date.now() < this.pausedUntilMs) return "failed";
    const line = writeLine(record);
    if (this.bytes + line.length > this.options.bytesMax) return "full";
    try {
      const writer = this.currentWriter();
      if (writer.bytesWaiting > WAITING_BYTES_MAX) return "full";
      writer.append(line, isSoon);
      return "kept";
    } catch (error) {
      this.fail(error);
      return "failed";
    }
  }

  async take(recordsMax: number, bytesMax: number): Promise<Taken | undefined> {
    this.wakeResting();
    for (;;) {
      const segment = this.segments[0];
      if (segment === undefined) return this.takeFromWriter(recordsMax, bytesMax);
      // Asked before it is read: what is written while it is read is not what was read.
      const wasRested = isRested(segment);
      const taken = await this.takeFrom(segment, recordsMax, bytesMax, wasRested);
      if (taken !== undefined) return taken;
      this.segments = this.segments.filter((each) => each !== segment);
      if (wasRested) this.remove(segment);
      else this.resting.push(segment);
    }
  }

  /** Writes what waits, at once; everything on the disk is free for the next process. */
  close(isExit = false): void {
    for (const timer of this.timers) clearInterval(timer);
    this.timers.length = 0;
    this.writer?.drain(isExit);
    if (this.writer !== undefined && this.unreadOfWriter() === 0) rmSync(this.writer.path, { force: true });
    this.writer?.close();
    this.writer = undefined;
    try {
      for (const segment of this.segments.filter((each) => isRested(each) && each.offset >= each.bytes)) rmSync(segment.path, { force: true });
      this.lane.leave();
    } catch {
      // The next process finds the folder when it has been silent for long enough.
    }
  }

  private every(intervalMs: number, run: () => void): void {
    const timer = setInterval(() => {
      try {
        run();
      } catch (error) {
        this.events.onFault(error);
      }
    }, intervalMs);
    timer.unref();
    this.timers.push(timer);
  }

  private unreadOfWriter(): number {
    return this.writer === undefined ? 0 : this.writer.bytes + this.writer.bytesWaiting - this.writerOffset;
  }

  private currentWriter(): SegmentWriter {
    if (!this.lane.holds()) this.startAnew();
    if (this.writer !== undefined && this.writer.bytes >= this.options.segmentBytesMax) this.closeWriter();
    if (this.writer === undefined) {
      const name = `${Date.now().toString(36).padStart(9, "0")}-${(this.sequence++).toString(36).padStart(6, "0")}.log`;
      this.writer = new SegmentWriter(join(this.lane.path, name), this.options.fsync, this.options.stallMs, (lines, error) => this.giveBack(lines, error));
      this.writerOffset = 0;
    }
    return this.writer;
  }

  /** The file that is written becomes one that is only read. */
  private closeWriter(): void {
    const writer = this.writer;
    if (writer === undefined) return;
    this.writer = undefined;
    writer.close();
    this.segments.push({ path: writer.path, offset: this.writerOffset, bytes: writer.bytes, removableFromMs: 0, writer });
    this.writerOffset = 0;
  }

  private async takeFromWriter(recordsMax: number, bytesMax: number): Promise<Taken | undefined> {
    const writer = this.writer;
    if (writer === undefined || writer.bytes <= this.writerOffset) return undefined;
    const bytes = await this.read(writer.path, this.writerOffset, Math.min(bytesMax, writer.bytes - this.writerOffset));
    if (bytes === undefined || writer !== this.writer) return undefined;
    const read = readLines(bytes, recordsMax, false);
    this.tellCorrupt(read.corruptCount, writer.path);
    if (read.records.length === 0) {
      this.writerOffset += read.bytes;
      return undefined;
    }
    const offset = this.writerOffset + read.bytes;
    return { records: read.records, done: () => this.advanceWriter(writer, offset) };
  }

  private advanceWriter(writer: SegmentWriter, offset: number): void {
    if (writer === this.writer) {
      this.writerOffset = offset;
      return;
    }
    const segment = this.segments.find(({ path }) => path === writer.path);
    if (segment !== undefined) segment.offset = offset;
  }

  private async takeFrom(segment: Segment, recordsMax: number, bytesMax: number, wasRested: boolean): Promise<Taken | undefined> {
    const bytes = await this.read(segment.path, segment.offset, bytesMax);
    if (bytes === undefined || bytes.length === 0) {
      segment.bytes = segment.offset;
      return undefined;
    }
    segment.bytes = Math.max(segment.bytes, segment.offset + bytes.length);
    // Half a line at the file's end is the rest of a crash, unless its writer may still be at it.
    const isEnd = bytes.length < bytesMax && wasRested;
    const read = readLines(bytes, recordsMax, isEnd);
    // No line feed in as much as one batch may have: no record begins there.
    const isRubbish = read.bytes === 0 && bytes.length === bytesMax;
    this.tellCorrupt(read.corruptCount + (isRubbish ? 1 : 0), segment.path);
    if (read.records.length === 0) {
      const skipped = isRubbish ? bytes.length : read.bytes;
      segment.offset += skipped;
      return skipped > 0 ? this.takeFrom(segment, recordsMax, bytesMax, wasRested) : undefined;
    }
    return { records: read.records, done: () => void (segment.offset += read.bytes) };
  }

  /** Bytes of a file; nothing where it is gone. */
  private async read(path: string, offset: number, length: number): Promise<Buffer | undefined> {
    let file: FileHandle | undefined;
    try {
      file = await open(path, "r");
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return undefined;
    } finally {
      await file?.close();
    }
  }

  private wakeResting(): void {
    const rested = this.resting.filter(isRested);
    if (rested.length === 0) return;
    this.resting = this.resting.filter((segment) => !rested.includes(segment));
    this.segments.push(...rested);
  }

  private remove(segment: Segment): void {
    rmSync(segment.path, { force: true });
    this.lane.removeEmpty();
  }

  private adopt(): void {
    const removableFromMs = Date.now() + this.options.beatMs * 3;
    const found = this.lane.adopt().map(({ path, bytes }: Found): Segment => ({ path, bytes, offset: 0, removableFromMs }));
    this.segments.unshift(...found);
  }

  private beat(): void {
    if (!this.lane.beat()) this.startAnew();
  }

  /** Another process has the folder and all that lay in it. */
  private startAnew(): void {
    this.writer?.close();
    this.writer = undefined;
    this.writerOffset = 0;
    this.segments = [];
    this.resting = [];
    this.lane = new Lane(this.options.directory, this.options);
  }

  private giveBack(lines: readonly Buffer[], error: unknown): void {
    this.fail(error);
    this.events.onGivenBack(lines.flatMap((line) => readLines(line, 1, true).records));
  }

  private fail(error: unknown): void {
    this.pausedUntilMs = Date.now() + FAULT_PAUSE_MS;
    this.closeWriter();
    this.events.onFault(error);
  }

  private tellCorrupt(count: number, path: string): void {
    if (count > 0) this.events.onCorrupt(count, path);
  }
}
