// The hook: what an Express server with Mongoose tells of itself.
import type { TokentillClient } from "../client/client.ts";
import type { HookRequest, Middleware, MongooseSchema } from "./express-shapes.ts";
import { type HookCounts, newHookCounts } from "./hook-counts.ts";
import { LoginSessions } from "./login-sessions.ts";
import { isProbe, requestMiddleware } from "./middleware.ts";
import { operationPlugin } from "./mongoose-plugin.ts";
import { checkedRate } from "./sample.ts";

export interface HookOptions {
  /** The part of the requests that is sent, from 0 to 1; 1. */
  requestRate?: number;
  /** The part of the database operations that is sent, from 0 to 1; 1. */
  operationRate?: number;
  /** Requests that are left out; by default probes, as `/health`. */
  ignoreRequest?: (request: HookRequest) => boolean;
  /** Database operations that are left out; none. */
  ignoreOperation?: (model: string, operation: string) => boolean;
  /** The Mongoose model of sign-in sessions, `Session`. */
  sessionModel?: string;
}

export interface AnalyticsHook {
  /** To be used before every route: `app.use(hook.middleware)`. Express 4 and 5. */
  middleware: Middleware;
  /** To be registered before the models are made: `mongoose.plugin(hook.mongoosePlugin)`. */
  mongoosePlugin: (schema: MongooseSchema) => void;
  /** What was seen and not sent. */
  counts: () => HookCounts;
}

export function analyticsHook(client: TokentillClient, options: HookOptions = {}): AnalyticsHook {
  const counts = newHookCounts();
  const sessions = new LoginSessions(client);
  return {
    middleware: requestMiddleware(client, sessions, counts, {
      requestRate: checkedRate("requestRate", options.requestRate ?? 1),
      ignoreRequest: options.ignoreRequest ?? isProbe,
    }),
    mongoosePlugin: operationPlugin(client, sessions, counts, {
      operationRate: checkedRate("operationRate", options.operationRate ?? 1),
      ignoreOperation: options.ignoreOperation ?? (() => false),
      sessionModel: options.sessionModel ?? "Session",
    }),
    counts: () => ({ ...counts }),
  };
}
