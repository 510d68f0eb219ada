// Events in memory: where there is no spool, and while the disk takes nothing.
import type { Queued } from "./event.ts";
import type { Kept, Store, Taken } from "./store.ts";

export class MemoryQueue implements Store {
  private records: Queued[] = [];
  private bytes = 0;
  private readonly bytesMax: number;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get isEmpty(): boolean {
    return this.records.length === 0;
  }

  get count(): number {
    return this.records.length;
  }

  append(record: Queued): Kept {
    // A text of n characters takes up to 2 n bytes; an object around it some more.
    const bytes = sizeOf(record);
    if (this.bytes + bytes > this.bytesMax) return "full";
    this.records.push(record);
    this.bytes += bytes;
    return "kept";
  }

  /** Everything, at the end of a process. */
  takeAll(): Queued[] {
    const records = this.records;
    this.records = [];
    this.bytes = 0;
    return records;
  }

  take(recordsMax: number, bytesMax: number): Promise<Taken | undefined> {
    const records: Queued[] = [];
    let bytes = 0;
    for (const record of this.records) {
      bytes += Buffer.byteLength(record.json);
      if (records.length > 0 && (records.length >= recordsMax || bytes > bytesMax)) break;
      records.push(record);
    }
    if (records.length === 0) return Promise.resolve(undefined);
    return Promise.resolve({
      records,
      done: () => {
        this.records = this.records.slice(records.length);
        for (const record of records) this.bytes -= sizeOf(record);
      },
    });
  }
}

function sizeOf(record: Queued): number {
  return record.json.length * 2 + 100;
}
