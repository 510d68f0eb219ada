// One `api` interaction a request: its route's pattern, status and duration, and who asked. No address, no
// parameter and no body of a request is kept.
import type { TokentillClient } from "../client/client.ts";
import type { Interaction } from "../client/event.ts";
import type { HookRequest, HookResponse, Middleware, Next } from "./express-shapes.ts";
import type { HookCounts } from "./hook-counts.ts";
import type { LoginSessions } from "./login-sessions.ts";
import { RequestContext, requestContexts, userOf } from "./request-context.ts";
import { isSampled, rateTold } from "./sample.ts";

export interface RequestOptions {
  /** The part of the requests that is sent, 1. */
  requestRate: number;
  /** Requests that are nobody's business; by default probes of whether a server is there. */
  ignoreRequest: (request: HookRequest) => boolean;
}

/** What comes with every request and costs nothing by itself need not be on the disk at once. */
const soon = { write: "soon" } as const;
const ROUTE_CHARS_MAX = 256;
const probes = new Set(["/health", "/healthz", "/livez", "/readyz", "/live", "/ready", "/liveness", "/readiness", "/metrics", "/ping", "/status"]);

/** Whether a request only asks if a server is there, as the tracker tells it in traces. */
export function isProbe(request: HookRequest): boolean {
  const address = request.originalUrl ?? request.url ?? "";
  const end = address.indexOf("?");
  const path = (end === -1 ? address : address.slice(0, end)).replace(/\/+$/, "");
  return probes.has(path.startsWith("/api/") ? path.slice(4) : path);
}

export function requestMiddleware(client: TokentillClient, sessions: LoginSessions, counts: HookCounts, options: RequestOptions): Middleware {
  // An application within another one has the same requests: the outer one has them first.
  const met = new WeakSet<HookRequest>();
  return (request: HookRequest, response: HookResponse, next: Next): void => {
    let context: RequestContext | undefined;
    try {
      if (!met.has(request) && !options.ignoreRequest(request)) {
        met.add(request);
        const startedAtMs = Date.now();
        const started = performance.now();
        const known = new RequestContext(request);
        context = known;
        // `close` comes after an answer and after a broken connection alike; what the route is, is known then.
        response.once("close", () => finish(known, response, startedAtMs, performance.now() - started));
      }
    } catch {
      counts.failed += 1;
    }
    if (context === undefined) next();
    else requestContexts.run(context, next);
  };

  function finish(context: RequestContext, response: HookResponse, startedAtMs: number, durationMs: number): void {
    try {
      counts.operations_left_out += context.leftOut;
      const { request } = context;
      const operations = context.takeWaiting();
      const userId = userOf(request);
      if (userId === undefined) {
        counts.requests_without_user += 1;
        counts.operations_left_out += operations.length;
        return;
      }
      for (const operation of operations) client.track({ ...operation, user_id: userId }, soon);
      if (isSampled(options.requestRate)) client.track(interactionOf(request, response, userId, startedAtMs, durationMs), soon);
      else counts.requests_not_sampled += 1;
    } catch {
      counts.failed += 1;
    }
  }

  function interactionOf(request: HookRequest, response: HookResponse, userId: string, startedAtMs: number, durationMs: number): Interaction {
    const statusCode = response.statusCode;
    const sessionId = sessions.of(userId);
    // The caller went away before the answer was complete.
    const isBroken = !response.writableFinished;
    return {
      type: "api",
      user_id: userId,
      ...(sessionId !== undefined && { session_id: sessionId }),
      timestamp: startedAtMs,
      duration_ms: Math.round(durationMs),
      ...(statusCode >= 500 && { status: "error" as const, error: `Error ${statusCode}` }),
      metadata: { method: request.method, route: routeOf(request), status_code: statusCode, ...(isBroken && { broken_off: true }), ...rateTold(options.requestRate) },
    };
  }
}

/** The pattern of the route that answered; none where middleware alone did. */
function routeOf(request: HookRequest): string | null {
  const path = request.route?.path;
  if (path === undefined) return null;
  const pattern = Array.isArray(path) ? path.map(String).join("|") : String(path);
  return `${request.baseUrl ?? ""}${pattern}`.slice(0, ROUTE_CHARS_MAX);
}
