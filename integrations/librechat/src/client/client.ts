// The client: `track` keeps an event and returns at once; everything else happens behind it.
import { randomUUID } from "node:crypto";
import { type Counts, newCounts } from "./counts.ts";
import type { Refusal } from "./deliver.ts";
import { DiskSpool } from "./disk-spool.ts";
import type { Interaction, Queued, QueuedKind, SessionMark } from "./event.ts";
import { watchForExit } from "./exit-flush.ts";
import { MemoryQueue } from "./memory-queue.ts";
import { Connection } from "./post-json.ts";
import { Pump } from "./pump.ts";
import { RefusedFile } from "./refused-file.ts";
import { Voice } from "./say.ts";
import { type ClientOptions, type Settings, settingsOf } from "./settings.ts";

/** The suite takes 64 KiB an event. */
const EVENT_BYTES_MAX = 65_536;

export interface ClientState extends Counts {
  /** Events that memory alone holds. */
  in_memory: number;
  /** Bytes of the spool, files that are read and not yet removed included. */
  spool_bytes: number;
}

export class TokentillClient {
  private readonly counts: Counts = newCounts();
  private readonly memory: MemoryQueue;
  private readonly spool: DiskSpool | undefined;
  private readonly refused: RefusedFile | undefined;
  private readonly pump: Pump;
  private readonly voice: Voice;
  private readonly settings: Settings;
  private readonly stopWatching: () => void;
  private isClosed = false;

  /** Throws where the address or the key can't be one; nothing throws later. */
  constructor(options: ClientOptions) {
    this.settings = settingsOf(options);
    this.voice = new Voice(this.settings.say);
    this.memory = new MemoryQueue(this.settings.memoryBytesMax);
    this.spool = this.openSpool();
    this.refused = this.settings.spool === false ? undefined : new RefusedFile(this.settings.spool);
    const connection = new Connection(this.settings.base, this.settings.key, this.settings.timeoutMs);
    const stores = this.spool === undefined ? [this.memory] : [this.memory, this.spool];
    this.pump = new Pump(stores, connection, this.counts, this.voice, this.settings, (refusal) => this.onRefusal(refusal));
    this.stopWatching = this.settings.flushOnExit
      ? watchForExit({ flush: () => this.flush(this.settings.exitFlushMs), exit: () => this.atExit() })
      : () => undefined;
    // What a former process left.
    if (this.spool?.isEmpty === false) this.pump.wake();
  }

  /**
   * Keeps an interaction for delivery; answers with its id, or with `undefined` where it could not be kept.
   * It is on the disk then, or with `write: "soon"` within 20 ms: for what comes often and costs nothing.
   */
  track(interaction: Interaction, { write = "now" }: { write?: "now" | "soon" } = {}): string | undefined {
    return this.keep("interaction", interaction, write === "soon");
  }

  /** Marks the start of a session. */
  startSession(mark: SessionMark): boolean {
    return this.keep("session_start", mark) !== undefined;
  }

  /** Marks the end of a session. */
  endSession(mark: SessionMark): boolean {
    return this.keep("session_end", mark) !== undefined;
  }

  /** Sends what is there, within a time; answers with whether the suite has everything. */
  async flush(timeoutMs = 10_000): Promise<boolean> {
    try {
      return await this.pump.flush(timeoutMs);
    } catch {
      return false;
    }
  }

  /** What became of everything so far. */
  state(): ClientState {
    return { ...structuredClone(this.counts), in_memory: this.memory.count, spool_bytes: this.spool?.bytes ?? 0 };
  }

  /** Sends what is there, within a time, and ends; what is on the disk stays for the next start. */
  async close(timeoutMs = this.settings.exitFlushMs): Promise<boolean> {
    if (this.isClosed) return this.memory.isEmpty;
    const isDelivered = await this.flush(timeoutMs);
    this.end(false);
    return isDelivered;
  }

  private keep(kind: QueuedKind, event: Interaction | SessionMark, isSoon = false): string | undefined {
    try {
      this.counts.given += 1;
      const made = make(kind, event);
      if (made === undefined) return this.drop("invalid", "an event is no JSON object");
      if (Buffer.byteLength(made.record.json) > EVENT_BYTES_MAX) return this.drop("too_large", `an event is over ${EVENT_BYTES_MAX} bytes`);
      if (this.isClosed) return this.drop("invalid", "an event was given after the client was closed");
      return this.store(made.record, isSoon) ? made.id : undefined;
    } catch (error) {
      return this.drop("invalid", `an event is nothing that JSON can say: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private store(record: Queued, isSoon: boolean): boolean {
    const kept = this.spool?.append(record, isSoon) ?? "failed";
    const isKept = kept === "kept" || this.memory.append(record) === "kept";
    if (isKept) this.pump.wake();
    else this.drop("full", kept === "full" ? "the spool is full" : "the disk takes nothing and the memory for events is full");
    return isKept;
  }

  private drop(reason: keyof Counts["dropped"], what: string): undefined {
    this.counts.dropped[reason] += 1;
    this.voice.about(`dropped ${reason}`, "error", `${what}; dropped so far: ${this.counts.dropped[reason]}.`);
    return undefined;
  }

  private openSpool(): DiskSpool | undefined {
    const { spool, spoolBytesMax, segmentBytesMax, fsync, stallMs, adoptAfterMs, beatMs } = this.settings;
    if (spool === false) return undefined;
    try {
      return new DiskSpool(
        { directory: spool, bytesMax: spoolBytesMax, segmentBytesMax, fsync, stallMs, adoptAfterMs, beatMs },
        {
          onCorrupt: (count, path) => {
            this.counts.corrupt += count;
            this.voice.about("corrupt", "error", `${count} lines of ${path} can't be read: what a crash or the disk left of them is skipped.`);
          },
          onFault: (error) => {
            this.counts.disk_faults += 1;
            this.voice.about("disk", "error", `the spool takes nothing (${error instanceof Error ? error.message : String(error)}); events are kept in memory meanwhile.`);
          },
          onGivenBack: (records) => {
            for (const record of records) if (this.memory.append(record) !== "kept") this.drop("full", "the disk takes nothing and the memory for events is full");
            this.pump.wake();
          },
        },
      );
    } catch (error) {
      this.counts.disk_faults += 1;
      this.voice.about("disk", "error", `no spool at ${spool} (${error instanceof Error ? error.message : String(error)}): events are kept in memory alone, and an end of the process loses what is not sent. Set TOKENTILL_SPOOL_DIR to a folder that can be written to.`);
      return undefined;
    }
  }

  private onRefusal(refusal: Refusal): void {
    this.voice.about("refused", "error", `an event is refused: ${refusal.reason}${this.refused === undefined ? "" : `; see ${this.refused.path}`}.`);
    void this.refused?.add(refusal);
  }

  private atExit(): void {
    if (this.isClosed) return;
    this.end(true);
  }

  private end(isExit: boolean): void {
    this.isClosed = true;
    this.stopWatching();
    this.pump.stop();
    // A disk that takes something again has the last word.
    for (const record of this.memory.takeAll()) {
      if (this.spool?.append(record) !== "kept") this.drop("lost_at_exit", "events were in memory when the process ended, and are lost");
    }
    this.spool?.close(isExit);
  }
}

function make(kind: QueuedKind, event: Interaction | SessionMark): { record: Queued; id: string } | undefined {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return undefined;
  const whole: Partial<Interaction> = { ...event };
  whole.timestamp ??= Date.now();
  if (kind !== "interaction") return { record: { kind, json: JSON.stringify(whole) }, id: "" };
  const id = whole.id === undefined || whole.id === null || whole.id === "" ? randomUUID() : String(whole.id);
  whole.id = id;
  return { record: { kind, json: JSON.stringify(whole) }, id };
}
