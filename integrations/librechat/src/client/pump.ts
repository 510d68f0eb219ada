// Takes from the stores, delivers, waits. One at a time: the order plays no part for the ledger, and a suite
// that was away is not met by everything at once.
import { backoffMs } from "./backoff.ts";
import type { Counts } from "./counts.ts";
import { deliver, type Refusal } from "./deliver.ts";
import type { Connection } from "./post-json.ts";
import type { Store } from "./store.ts";
import type { Voice } from "./say.ts";

export interface PumpOptions {
  /** The longest that an event waits for others before it is sent. */
  intervalMs: number;
  batchEventsMax: number;
}

/** The suite takes 1 MiB; the brackets and the longest event must still fit. */
const BATCH_BYTES_MAX = 900_000;

export class Pump {
  private readonly stores: readonly Store[];
  private readonly connection: Connection;
  private readonly counts: Counts;
  private readonly voice: Voice;
  private readonly options: PumpOptions;
  private readonly onRefusal: (refusal: Refusal) => void;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;
  private notBeforeMs = 0;
  private isStopped = false;

  constructor(stores: readonly Store[], connection: Connection, counts: Counts, voice: Voice, options: PumpOptions, onRefusal: (refusal: Refusal) => void) {
    this.stores = stores;
    this.connection = connection;
    this.counts = counts;
    this.voice = voice;
    this.options = options;
    this.onRefusal = onRefusal;
  }

  /** Says that there is something to send. */
  wake(): void {
    if (this.isStopped || this.running !== undefined || this.timer !== undefined) return;
    this.timer = setTimeout(() => this.start(), Math.max(this.options.intervalMs, Math.ceil(this.notBeforeMs - Date.now())));
    // Nothing here keeps a process from ending.
    this.timer.unref();
  }

  /** Tries until everything is delivered or the time is over; answers with whether it is. */
  async flush(timeoutMs: number): Promise<boolean> {
    const untilMs = Date.now() + timeoutMs;
    // One attempt at once, though the next one was planned for later.
    this.notBeforeMs = 0;
    while (!this.isEmpty && !this.isStopped) {
      const leftMs = untilMs - Date.now();
      if (leftMs <= 0) return false;
      this.start();
      await Promise.race([this.running, pause(leftMs)]);
      if (!this.isEmpty && this.running === undefined) await pause(Math.min(Math.max(20, this.notBeforeMs - Date.now()), untilMs - Date.now()));
    }
    return this.isEmpty;
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.connection.close();
  }

  private get isEmpty(): boolean {
    return this.stores.every((store) => store.isEmpty);
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.running !== undefined || this.isStopped) return;
    if (Date.now() < this.notBeforeMs) {
      this.wake();
      return;
    }
    this.running = this.run()
      .catch((error: unknown) => this.failed(String(error), undefined))
      .finally(() => {
        this.running = undefined;
        if (!this.isEmpty) this.wake();
      });
  }

  private async run(): Promise<void> {
    for (const store of this.stores) {
      for (;;) {
        if (this.isStopped) return;
        const taken = await store.take(this.options.batchEventsMax, BATCH_BYTES_MAX);
        if (taken === undefined) break;
        const { again, refusals, answers } = await deliver(this.connection, taken.records);
        if (again !== undefined) {
          this.failed(again.reason, again.afterMs);
          return;
        }
        taken.done();
        for (const status of Object.keys(answers) as (keyof typeof answers)[]) this.counts.delivered[status] += answers[status];
        for (const refusal of refusals) this.onRefusal(refusal);
        this.succeeded();
      }
    }
  }

  private succeeded(): void {
    this.failures = 0;
    this.voice.end("delivery", "info", "events are delivered again.");
  }

  private failed(reason: string, askedMs: number | undefined): void {
    this.failures += 1;
    this.counts.attempts_failed += 1;
    this.notBeforeMs = Date.now() + backoffMs(this.failures, askedMs);
    if (!this.isStopped) this.voice.about("delivery", "warn", `events can't be delivered: ${reason}. They are kept, and tried again.`);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
