// Appends lines to one file at a time. A line is in the system's cache before `append` returns, so that a
// process that is killed loses nothing of it; `fsync` follows by the policy, for a machine that goes down.
//
// A disk that stalls must not stall its caller: after a write that took too long the next ones go behind
// the event loop for a while.
import { closeSync, fstatSync, fsync, ftruncateSync, openSync, write, writeSync } from "node:fs";
import { performance } from "node:perf_hooks";

/** When what was written is forced to the disk: never, once an interval, or after each write. */
export type FsyncPolicy = "never" | "interval" | "always";

/** How long writes go behind the loop after one that took too long. */
const BEHIND_FOR_MS = 1_000;
/** How long what may wait waits for its neighbours. */
const SOON_MS = 20;
const lineFeed = Buffer.from("\n");

export class SegmentWriter {
  readonly path: string;
  /** The bytes of whole lines in the file. */
  bytes = 0;
  private readonly descriptor: number;
  private readonly policy: FsyncPolicy;
  private readonly stallMs: number;
  private readonly onFault: (lines: readonly Buffer[], error: unknown) => void;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private bytesUnderWay = 0;
  private behindUntilMs = 0;
  /** Writes overlapped: where one failed can't be told, and nothing is cut off. */
  private isMixed = false;
  private soonTimer: NodeJS.Timeout | undefined;
  private isDirty = false;
  private isSyncing = false;
  private isClosed = false;

  /** Throws where the file can't be made. `onFault` gets what a write behind the loop could not keep. */
  constructor(path: string, policy: FsyncPolicy, stallMs: number, onFault: (lines: readonly Buffer[], error: unknown) => void) {
    this.path = path;
    this.policy = policy;
    this.stallMs = stallMs;
    this.onFault = onFault;
    this.descriptor = openSync(path, "ax", 0o600);
  }

  /** Bytes that are given and not written yet. */
  get bytesWaiting(): number {
    return this.waitingBytes + this.bytesUnderWay;
  }

  /**
   * Keeps a line: at once, or (`isSoon`) with its neighbours of the next moment in one write behind the loop.
   * A fault of the disk throws and leaves nothing of the line.
   */
  append(line: Buffer, isSoon: boolean): void {
    const isStalled = performance.now() < this.behindUntilMs;
    if (isSoon || isStalled) {
      this.waiting.push(line);
      this.waitingBytes += line.length;
      if (isStalled) this.writeBehind();
      else this.writeSoon();
      return;
    }
    const startedMs = performance.now();
    if (this.isWriting) {
      // Wherever the other write ends, this line begins behind a line feed.
      this.isMixed = true;
      this.writeNow(Buffer.concat([lineFeed, line]));
    } else {
      this.writeNow(line);
    }
    if (performance.now() - startedMs > this.stallMs) this.behindUntilMs = performance.now() + BEHIND_FOR_MS;
  }

  /** Forces what was written to the disk, behind the loop. */
  sync(): void {
    if (!this.isDirty || this.isSyncing || this.isClosed) return;
    this.isDirty = false;
    this.isSyncing = true;
    fsync(this.descriptor, (error) => {
      this.isSyncing = false;
      if (error !== null) this.isDirty = true;
      if (this.isClosed && !this.isWriting) this.closeDescriptor();
    });
  }

  /** Writes what waits, at once; at the end of a process beside a write that is under way, too. */
  drain(isExit = false): void {
    if ((this.isWriting && !isExit) || this.waiting.length === 0) return;
    const lines = this.takeWaiting();
    try {
      this.writeNow(Buffer.concat(lines));
    } catch (error) {
      this.onFault(lines, error);
    }
  }

  close(): void {
    if (this.isClosed) return;
    this.drain();
    if (this.policy !== "never") this.sync();
    this.isClosed = true;
    if (!this.isWriting && !this.isSyncing) this.closeDescriptor();
  }

  private writeNow(bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.descriptor, bytes, written);
    } catch (error) {
      this.cutBack();
      throw error;
    }
    this.wrote(bytes.length);
  }

  private wrote(bytes: number): void {
    this.bytes += bytes;
    this.isDirty = true;
    if (this.policy === "always") setImmediate(() => this.sync());
  }

  private writeSoon(): void {
    if (this.soonTimer !== undefined) return;
    this.soonTimer = setTimeout(() => {
      this.soonTimer = undefined;
      this.writeBehind();
    }, SOON_MS);
    this.soonTimer.unref();
  }

  private writeBehind(): void {
    if (this.isWriting || this.waiting.length === 0) return;
    const lines = this.takeWaiting();
    const bytes = Buffer.concat(lines);
    this.bytesUnderWay = bytes.length;
    write(this.descriptor, bytes, (error, written) => {
      this.bytesUnderWay = 0;
      if (error !== null || written < bytes.length) {
        this.cutBack();
        this.onFault(lines, error ?? new Error("ENOSPC: the disk took a part of a write"));
      } else {
        this.wrote(bytes.length);
      }
      this.writeBehind();
      if (this.isClosed && !this.isWriting && !this.isSyncing) this.closeDescriptor();
    });
  }

  private get isWriting(): boolean {
    return this.bytesUnderWay > 0;
  }

  private takeWaiting(): Buffer[] {
    const lines = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    return lines;
  }

  /** Takes half a line off; where even that fails, its checksum tells a reader. */
  private cutBack(): void {
    try {
      if (!this.isMixed && fstatSync(this.descriptor).size > this.bytes) ftruncateSync(this.descriptor, this.bytes);
    } catch {
      // The reader counts what is left as corrupt.
    }
  }

  private closeDescriptor(): void {
    try {
      closeSync(this.descriptor);
    } catch {
      // It was closed already.
    }
  }
}
