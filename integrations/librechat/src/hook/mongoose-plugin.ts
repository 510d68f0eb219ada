// `db` interactions from Mongoose: which model, which operation, how long, how many documents. No filter, no
// value and no document is kept.
import type { TokentillClient } from "../client/client.ts";
import type { Interaction } from "../client/event.ts";
import type { MongooseSchema } from "./express-shapes.ts";
import type { HookCounts } from "./hook-counts.ts";
import type { LoginSessions } from "./login-sessions.ts";
import { requestContexts, userOf } from "./request-context.ts";
import { isSampled, rateTold } from "./sample.ts";

export interface OperationOptions {
  /** The part of the operations that is sent, 1. */
  operationRate: number;
  /** Operations that are nobody's business, by model and operation. */
  ignoreOperation: (model: string, operation: string) => boolean;
  /** The model of LibreChat's own sessions: kept at login, removed at logout. */
  sessionModel: string;
}

const queries = [
  "find", "findOne", "findOneAndUpdate", "findOneAndDelete", "findOneAndReplace", "updateOne", "updateMany", "replaceOne",
  "deleteOne", "deleteMany", "countDocuments", "estimatedDocumentCount", "distinct",
];
/** Operations whose `this` is a query, whatever Mongoose would take it for by itself. */
const asQuery = { query: true, document: false };

export function operationPlugin(client: TokentillClient, sessions: LoginSessions, counts: HookCounts, options: OperationOptions): (schema: MongooseSchema) => void {
  const started = new WeakMap<object, { atMs: number; at: number }>();
  const start = (target: object): void => void started.set(target, { atMs: Date.now(), at: performance.now() });

  function end(target: object, model: string, operation: string, documents: number | undefined, error: unknown): void {
    const begin = started.get(target);
    started.delete(target);
    if (begin === undefined || options.ignoreOperation(model, operation)) return;
    const context = requestContexts.getStore();
    if (context === undefined) {
      counts.operations_in_background += 1;
      return;
    }
    if (!isSampled(options.operationRate)) {
      counts.operations_not_sampled += 1;
      return;
    }
    const event: Omit<Interaction, "user_id"> = {
      type: "db",
      provider: "mongodb",
      timestamp: begin.atMs,
      duration_ms: Math.round(performance.now() - begin.at),
      units: { operations: 1 },
      ...(error !== undefined && { status: "error" as const, error: error instanceof Error ? error.name : "Error" }),
      metadata: { operation, collection: model, ...(documents !== undefined && { documents }), ...rateTold(options.operationRate) },
    };
    const userId = userOf(context.request);
    if (userId === undefined) context.add(event);
    else client.track({ ...event, user_id: userId }, { write: "soon" });
  }

  const guarded = (run: () => void): void => {
    try {
      run();
    } catch {
      counts.failed += 1;
    }
  };

  /** Both ends of one operation, and its failure; an error goes on to whoever asked. */
  function watch(schema: MongooseSchema, operation: string, kind: object | undefined, modelOf: (target: any) => string, after?: (target: any, result: unknown) => void): void {
    const rest = kind === undefined ? [] : [kind];
    schema.pre(operation, ...rest, function (this: object) {
      guarded(() => start(this));
    });
    schema.post(operation, ...rest, function (this: object, result: unknown) {
      guarded(() => {
        end(this, modelOf(this), operation, documentsOf(result), undefined);
        after?.(this, result);
      });
    });
    schema.post(operation, ...rest, function (this: object, error: unknown, _result: unknown, next: (error: unknown) => void) {
      guarded(() => end(this, modelOf(this), operation, undefined, error));
      next(error);
    });
  }

  return (schema) =>
    guarded(() => {
      for (const operation of queries) {
        const after = operation === "deleteOne" || operation === "findOneAndDelete" ? closeSession : undefined;
        watch(schema, operation, operation === "deleteOne" || operation === "updateOne" ? asQuery : undefined, (query) => query?.model?.modelName ?? "", after);
      }
      watch(schema, "aggregate", undefined, (aggregate) => aggregate?._model?.modelName ?? "");
      watch(schema, "insertMany", undefined, (model) => model?.modelName ?? "");
      watch(schema, "save", undefined, (document) => document?.constructor?.modelName ?? "", openSession);
    });

  function openSession(document: any): void {
    if (document?.constructor?.modelName !== options.sessionModel || document._id === undefined || document.user === undefined) return;
    sessions.open(String(document._id), String(document.user));
  }

  function closeSession(query: any, result: any): void {
    if (query?.model?.modelName !== options.sessionModel || result?.deletedCount === 0) return;
    const filter = query.getFilter?.() ?? {};
    if (filter._id === undefined) return;
    const user = filter.user ?? result?.user;
    sessions.close(String(filter._id), user === undefined ? undefined : String(user));
  }
}

/** How many documents a result is about, where it says so. */
function documentsOf(result: any): number | undefined {
  if (result === null || result === undefined) return 0;
  if (Array.isArray(result)) return result.length;
  if (typeof result === "number") return undefined;
  if (typeof result !== "object") return undefined;
  for (const name of ["deletedCount", "modifiedCount", "insertedCount"]) if (typeof result[name] === "number") return result[name];
  return 1;
}
