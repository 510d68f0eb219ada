// `NODE_OPTIONS=--require @tokentill/librechat/preload`: hooks an unmodified LibreChat as it loads.
//
// The exporter is flushed when LibreChat ends. With TOKENTILL_URL and TOKENTILL_KEY requests, database operations
// and sign-in sessions are sent too. Calls of models are the exporter's alone, so that none counts twice.
import Module from "node:module";
import { TokentillClient } from "../client/client.ts";
import { flushOnSignal } from "../client/exit-flush.ts";
import { Voice } from "../client/say.ts";
import { optionsFromEnvironment } from "../client/settings.ts";
import { type AnalyticsHook, analyticsHook } from "../hook/hook.ts";
import type { MongooseSchema } from "../hook/express-shapes.ts";
import { flushProcessors, watchProcessors } from "./flush-exporter.ts";
import { type PlaceName, Places } from "./places.ts";

/** LibreChat itself ends after a minute whatever hangs. */
const FLUSH_MS = 8_000;
/** A server has loaded everything by then. */
const TELL_AFTER_MS = 60_000;
/** Operations are many, and none costs much by itself. */
const OPERATION_RATE = 0.1;

type Load = (request: string, ...rest: unknown[]) => unknown;
const modules = Module as unknown as { _load: Load };

const voice = new Voice((_level, line) => process.stderr.write(`${line}\n`));
const places = new Places(voice);
const replaced = new Map<object, unknown>();
const seen = new WeakSet<object>();
let hook: AnalyticsHook | undefined;
let isHookTried = false;
let isTelling = false;
let isTaskRegistered = false;

/** Made when a server shows that it is one: other programs of the same environment get nothing of it. */
function hookOf(): AnalyticsHook | undefined {
  if (isHookTried) return hook;
  isHookTried = true;
  const options = optionsFromEnvironment();
  if (options === undefined) return undefined;
  try {
    hook = analyticsHook(new TokentillClient(options), {
      requestRate: rateFrom("TOKENTILL_REQUEST_RATE", 1),
      operationRate: rateFrom("TOKENTILL_OPERATION_RATE", OPERATION_RATE),
    });
  } catch (error) {
    voice.about("settings", "error", `requests and operations are not sent: ${error instanceof Error ? error.message : String(error)}`);
  }
  return hook;
}

function rateFrom(name: string, otherwise: number): number {
  const text = process.env[name]?.trim();
  return text === undefined || text === "" ? otherwise : Number(text);
}

/** Express with the middleware ahead of everything else in each application that is made. */
function withMiddleware(express: unknown): unknown {
  const middleware = hookOf()?.middleware;
  if (middleware === undefined) return express;
  if (typeof express !== "function") throw new TypeError("it is no function");
  return new Proxy(express, {
    apply(target, self, args) {
      const app = Reflect.apply(target, self, args) as { use?: (handler: unknown) => unknown };
      places.hook("express", () => {
        if (typeof app.use !== "function") return "an application has no use()";
        app.use(middleware);
        return undefined;
      });
      return app;
    },
  });
}

function hookMongoose(mongoose: unknown): string | undefined {
  const plugin = hookOf()?.mongoosePlugin;
  if (plugin === undefined) return undefined;
  const { plugin: register } = mongoose as { plugin?: (plugin: (schema: MongooseSchema) => void) => unknown };
  if (typeof register !== "function") return "it has no plugin()";
  Reflect.apply(register, mongoose, [plugin]);
  return undefined;
}

function registerShutdown(exports: unknown): string | undefined {
  const register = (exports as { registerShutdownTask?: unknown }).registerShutdownTask;
  if (typeof register !== "function") return "it has no registerShutdownTask; spans are sent when the signal comes";
  register("tokentill: send spans", flush);
  isTaskRegistered = true;
  return undefined;
}

async function flush(): Promise<void> {
  if (!(await flushProcessors(FLUSH_MS))) voice.about("flush", "error", "spans could not all be sent before the end: what they hold of this process is lost.");
}

/** What a module is for whoever asked for it. */
function hooked(request: string, exports: unknown): unknown {
  if (exports === null || (typeof exports !== "object" && typeof exports !== "function")) return exports;
  if (request === "express") {
    if (!replaced.has(exports)) {
      let replacement = exports as unknown;
      try {
        replacement = withMiddleware(exports);
      } catch (error) {
        places.hook("express", () => String(error));
      }
      replaced.set(exports, replacement);
    }
    return replaced.get(exports);
  }
  if (seen.has(exports)) return exports;
  // A module that is still being loaded, in a circle of others, has not all of its names yet.
  if (request === "@librechat/api" && !("registerShutdownTask" in exports) && Object.keys(exports).length === 0) return exports;
  seen.add(exports);
  if (request === "mongoose") places.hook("mongoose", () => hookMongoose(exports));
  else if (request === "@langfuse/otel") places.hook("@langfuse/otel", () => watchProcessors(exports));
  else places.hook("@librechat/api", () => registerShutdown(exports));
  return exports;
}

const names: ReadonlySet<string> = new Set<PlaceName>(["express", "mongoose", "@langfuse/otel", "@librechat/api"]);
const load = modules._load;
modules._load = function (this: unknown, request: string, ...rest: unknown[]): unknown {
  const exports = Reflect.apply(load, this, [request, ...rest]);
  if (!names.has(request)) return exports;
  tellLater();
  return hooked(request, exports);
};

function tellLater(): void {
  if (isTelling) return;
  isTelling = true;
  const expected: PlaceName[] = hookOf() === undefined ? ["@langfuse/otel", "@librechat/api"] : ["express", "mongoose", "@langfuse/otel", "@librechat/api"];
  setTimeout(() => places.tell(expected), TELL_AFTER_MS).unref();
  // Where LibreChat has tasks for its end, they are the place.
  flushOnSignal(flush, () => isTaskRegistered);
}
