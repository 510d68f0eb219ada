// What keeps events until the suite has them.
import type { Queued } from "./event.ts";

/** What came of giving an event to a store. */
export type Kept = "kept" | "full" | "failed";

/** Some records of a store. Until `done` is called they are still there. */
export interface Taken {
  records: Queued[];
  done(): void;
}

export interface Store {
  /** Never throws and never waits. With `isSoon` a spool may write it together with others within 20 ms. */
  append(record: Queued, isSoon?: boolean): Kept;
  /** The oldest records that were not taken and done; none where there are none. */
  take(recordsMax: number, bytesMax: number): Promise<Taken | undefined>;
  readonly isEmpty: boolean;
}
