// Who asks, for what happens below a request. A route's own authentication names the user later than the
// first database operation, so operations wait with their request until it is known.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Interaction } from "../client/event.ts";
import type { HookRequest } from "./express-shapes.ts";

/** What waits with one request; beyond it operations are counted as left out. */
const WAITING_MAX = 100;

export class RequestContext {
  readonly request: HookRequest;
  private waiting: Omit<Interaction, "user_id">[] = [];
  leftOut = 0;

  constructor(request: HookRequest) {
    this.request = request;
  }

  add(event: Omit<Interaction, "user_id">): void {
    if (this.waiting.length < WAITING_MAX) this.waiting.push(event);
    else this.leftOut += 1;
  }

  takeWaiting(): Omit<Interaction, "user_id">[] {
    const waiting = this.waiting;
    this.waiting = [];
    return waiting;
  }
}

export const requestContexts = new AsyncLocalStorage<RequestContext>();

/** The user's id as LibreChat has it: 24 hex digits. */
export function userOf(request: HookRequest): string | undefined {
  const user = request.user;
  if (user === undefined || user === null) return undefined;
  const id = user.id ?? user._id;
  return id === undefined || id === null ? undefined : String(id);
}
