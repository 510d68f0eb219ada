// What the hook saw and did not send, so that a part is never taken for all.

export interface HookCounts {
  /** Requests of nobody who was signed in. */
  requests_without_user: number;
  requests_not_sampled: number;
  /** Database operations outside of a request: polling and other work of the program's own. */
  operations_in_background: number;
  operations_not_sampled: number;
  /** Those of requests without a user, and beyond a hundred that waited with one request. */
  operations_left_out: number;
  /** Faults of the hook itself; the program did not notice. */
  failed: number;
}

export function newHookCounts(): HookCounts {
  return { requests_without_user: 0, requests_not_sampled: 0, operations_in_background: 0, operations_not_sampled: 0, operations_left_out: 0, failed: 0 };
}
