// Starts the three Workers in workerd from their own wrangler.toml files. `make dev`, the tests and
// the benchmarks all start the suite here, so that no configuration is written twice.
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Log, LogLevel, Miniflare, type MiniflareOptions, type Request as WorkerRequest, type Response as WorkerResponse, type WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { dashboardDist, devDirectory, workerDirectory, type WorkerName, workerNames } from "../repository.ts";
import { StepError } from "../steps.ts";
import { applyMigrations } from "./apply-migrations.ts";
import type { Database } from "./database.ts";

export type Outbound = (request: WorkerRequest) => WorkerResponse | Promise<WorkerResponse>;

export interface SuiteOptions {
  /** Where the database lives; without it, in memory. */
  persist?: string;
  /** 0, the default, takes any free port. */
  port?: number;
  host?: string;
  /** Variables and secrets laid over those of every wrangler.toml. */
  variables?: Record<string, string>;
  /** Answers what the Workers ask of the outside world; without it they reach the network. */
  outbound?: Outbound | undefined;
  /** Which Worker answers on the port; without it the front door. */
  primary?: WorkerName;
  /** Gets every line that a Worker logs. */
  onLog?: (line: string) => void;
  /** Changes a Worker's options: other bindings, or one missing. */
  adjust?: (name: WorkerName, options: WorkerOptions) => WorkerOptions;
  /** People and programs of other machines reach it: what only the platform may say is taken out of their requests. */
  isServed?: boolean;
  /** Workers beside the three, for example a queue's consumer. */
  moreWorkers?: readonly WorkerOptions[];
}

export interface Suite {
  /** The one address of all three, without a slash at its end. */
  url: string;
  database: Database;
  /** A Worker by its name, to be asked directly. */
  worker(name: string): Promise<Awaited<ReturnType<Miniflare["getWorker"]>>>;
  /** Runs a Worker's scheduled handler as cron would; answers with the outcome, `ok` or `exception`. */
  runScheduled(worker: WorkerName, cron: string, scheduledTime: Date): Promise<string>;
  stop(): Promise<void>;
}

export async function startSuite(options: SuiteOptions = {}): Promise<Suite> {
  // Miniflare starts what the second names in place of its own workerd, which the first names to it.
  process.env["WORKERD"] ??= ownWorkerd();
  process.env["MINIFLARE_WORKERD_PATH"] = join(import.meta.dirname, "workerd");
  const miniflare = new Miniflare(miniflareOptions(options));
  try {
    const entry = await miniflare.ready;
    const url = options.isServed === true ? await miniflare.unsafeGetDirectURL(frontGate) : entry;
    const database = await miniflare.getD1Database("DB", "analytics-api");
    await applyMigrations(database);
    return {
      url: url.origin,
      database,
      worker: (name) => miniflare.getWorker(name),
      async runScheduled(worker, cron, scheduledTime) {
        const fetcher = await miniflare.getWorker(worker);
        return (await fetcher.scheduled({ cron, scheduledTime })).outcome;
      },
      stop: () => miniflare.dispose(),
    };
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

/** The cron expressions of a Worker. */
export function cronsOf(worker: WorkerName): string[] {
  return unstable_readConfig({ config: join(workerDirectory(worker), "wrangler.toml") }, { hideWarnings: true }).triggers.crons ?? [];
}

function miniflareOptions(options: SuiteOptions): MiniflareOptions {
  const { onLog, primary = "analytics-api", host = "127.0.0.1", port = 0 } = options;
  return {
    // Miniflare's own door takes its word from headers: where the suite is served, it stays on this machine.
    host: options.isServed === true ? "127.0.0.1" : host,
    port: options.isServed === true ? 0 : port,
    // Without it Miniflare would ask the network for a sample of `request.cf`.
    cf: false,
    log: new Log(LogLevel.ERROR),
    // Miniflare refuses a handler that returns something.
    ...(onLog && { handleStructuredLogs: ({ message }: { message: string }) => { onLog(message); } }),
    d1Persist: options.persist ? join(options.persist, "v3", "d1") : false,
    // Miniflare serves the first one on the port.
    workers: [
      ...workerNames
        .toSorted((a, b) => Number(b === primary) - Number(a === primary))
        .map((name) => (options.adjust ?? unchanged)(name, workerOptions(name, options))),
      ...(options.moreWorkers ?? []),
      ...(options.isServed === true ? [gateOptions(primary, host, port)] : []),
    ],
  };
}

function ownWorkerd(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  return (require("workerd") as { default: string }).default;
}

const frontGate = "front-gate";

function gateOptions(primary: WorkerName, host: string, port: number): WorkerOptions {
  return {
    name: frontGate,
    modules: true,
    scriptPath: join(import.meta.dirname, "front-gate.js"),
    compatibilityDate: "2026-07-01",
    serviceBindings: { SUITE: primary },
    unsafeDirectSockets: [{ host, port }],
  };
}

const unchanged = (_name: WorkerName, options: WorkerOptions): WorkerOptions => options;

function workerOptions(name: WorkerName, options: SuiteOptions): WorkerOptions {
  const directory = workerDirectory(name);
  // Before the dashboard's first build the front door serves an empty folder.
  const assets = name !== "analytics-api" || existsSync(dashboardDist) ? {} : { assets: { directory: emptyDirectory() } };
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(
    join(directory, "wrangler.toml"), undefined, { overrides: assets });
  if (main === undefined || !existsSync(main)) {
    throw new StepError(`${name} has not been built.`, "run 'scripts/run build-workers.ts', then run this again.");
  }
  return {
    ...(workerOptions as WorkerOptions),
    name,
    modules: true,
    scriptPath: main,
    modulesRoot: join(directory, "build"),
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"], fallthrough: true }],
    bindings: { ...workerOptions.bindings, ...options.variables },
    ...(options.outbound && { outboundService: options.outbound }),
  } as WorkerOptions;
}

/** The same one each time: nothing is left behind. */
function emptyDirectory(): string {
  const directory = join(devDirectory, "no-dashboard");
  mkdirSync(join(directory, "app"), { recursive: true });
  return directory;
}
