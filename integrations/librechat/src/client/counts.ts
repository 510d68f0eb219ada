// What became of everything that was given to a client. What comes in is what was delivered, what still
// waits and what was dropped, so that nothing is missing in silence.

export interface Counts {
  /** Events and marks that callers gave. */
  given: number;
  /** The suite's answers; one in doubt that was sent again may show as a duplicate. */
  delivered: { accepted: number; duplicate: number; conflict: number; rejected: number; queued: number };
  /** Those that were not kept, by the reason. */
  dropped: {
    /** The spool and the memory were both at their limits. */
    full: number;
    /** Over the size that the suite takes. */
    too_large: number;
    /** Nothing that JSON can say, or no event. */
    invalid: number;
    /** Memory alone held them when the process ended. */
    lost_at_exit: number;
  };
  /** Lines of the spool that a crash or the disk spoiled. */
  corrupt: number;
  /** Times that the disk took nothing. */
  disk_faults: number;
  /** Attempts that decided nothing. */
  attempts_failed: number;
}

export function newCounts(): Counts {
  return {
    given: 0,
    delivered: { accepted: 0, duplicate: 0, conflict: 0, rejected: 0, queued: 0 },
    dropped: { full: 0, too_large: 0, invalid: 0, lost_at_exit: 0 },
    corrupt: 0,
    disk_faults: 0,
    attempts_failed: 0,
  };
}
