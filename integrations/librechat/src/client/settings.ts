// What a client is told, with what holds where it is told nothing; from code or from the environment.
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Say } from "./say.ts";
import type { FsyncPolicy } from "./segment-writer.ts";

export interface ClientOptions {
  /** The address of the suite. */
  url: string;
  /** A key of scope `ingest`: `<public half>:<secret half>`, or the secret half alone. */
  key: string;
  /** Where events lie until the suite has them; `false` keeps them in memory alone. */
  spool?: string | false;
  /** The most that the spool holds, 256 MiB. */
  spoolBytesMax?: number;
  /** A file of the spool, 1 MiB: what a crash may make the next start send again. */
  segmentBytesMax?: number;
  /** When events are forced to the disk: each second, after each write, or never. */
  fsync?: FsyncPolicy;
  /** A write to the disk that takes longer sends those of the next second behind the loop, 100 ms; Infinity: never. */
  stallMs?: number;
  /** How long a process must be silent before another one sends what it left, 30 s. */
  adoptAfterMs?: number;
  /** The most in memory, 8 MiB: without a spool, or while the disk takes nothing. */
  memoryBytesMax?: number;
  /** How long an event waits for others, 1 s. */
  intervalMs?: number;
  /** Events in one request, at most 500. */
  batchEventsMax?: number;
  /** How long an answer may take, 10 s. */
  timeoutMs?: number;
  /** Whether SIGTERM, SIGINT and the end of the process send what is left; yes. */
  flushOnExit?: boolean;
  /** The longest that the end of the process waits for it, 3 s. */
  exitFlushMs?: number;
  /** Gets each line that is worth a look; by default they go to stderr. */
  say?: Say;
}

export interface Settings extends Required<ClientOptions> {
  base: URL;
  beatMs: number;
}

export const defaultSpool = (): string => join(tmpdir(), "tokentill-spool");

/** Throws where the address or the key can't be one: that is for whoever sets it up to see at once. */
export function settingsOf(options: ClientOptions): Settings {
  const base = addressOf(options.url);
  if (typeof options.key !== "string" || options.key.trim() === "") throw new TypeError("key is missing: make one with `make key NAME=LibreChat SCOPES=ingest`");
  const adoptAfterMs = number("adoptAfterMs", options.adoptAfterMs, 30_000, 100);
  return {
    url: options.url,
    base,
    key: options.key.trim(),
    spool: options.spool ?? defaultSpool(),
    spoolBytesMax: number("spoolBytesMax", options.spoolBytesMax, 256 * 1024 * 1024, 64 * 1024),
    segmentBytesMax: number("segmentBytesMax", options.segmentBytesMax, 1024 * 1024, 1024),
    fsync: options.fsync ?? "interval",
    stallMs: options.stallMs === Number.POSITIVE_INFINITY ? options.stallMs : number("stallMs", options.stallMs, 100, 1),
    adoptAfterMs,
    beatMs: Math.max(20, Math.floor(adoptAfterMs / 6)),
    memoryBytesMax: number("memoryBytesMax", options.memoryBytesMax, 8 * 1024 * 1024, 64 * 1024),
    intervalMs: number("intervalMs", options.intervalMs, 1_000, 0),
    batchEventsMax: Math.min(500, number("batchEventsMax", options.batchEventsMax, 500, 1)),
    timeoutMs: number("timeoutMs", options.timeoutMs, 10_000, 1),
    flushOnExit: options.flushOnExit ?? true,
    exitFlushMs: number("exitFlushMs", options.exitFlushMs, 3_000, 0),
    say: options.say ?? ((_level, line) => process.stderr.write(`${line}\n`)),
  };
}

/** TOKENTILL_URL, TOKENTILL_KEY and what else the README names; `undefined` where the two are not set. */
export function optionsFromEnvironment(environment: NodeJS.ProcessEnv = process.env): ClientOptions | undefined {
  const url = environment["TOKENTILL_URL"]?.trim();
  const key = environment["TOKENTILL_KEY"]?.trim();
  if (url === undefined || url === "" || key === undefined || key === "") return undefined;
  const spool = environment["TOKENTILL_SPOOL_DIR"]?.trim();
  const bytesMax = Number(environment["TOKENTILL_SPOOL_BYTES"]?.trim() || Number.NaN);
  return {
    url,
    key,
    ...(spool !== undefined && spool !== "" && { spool: spool === "none" ? false : spool }),
    ...(!Number.isNaN(bytesMax) && { spoolBytesMax: bytesMax }),
  };
}

function addressOf(url: string): URL {
  let base: URL;
  try {
    base = new URL(url);
  } catch {
    throw new TypeError(`url is \`${String(url)}\`, which is no address: give the suite's, as https://costs.example.com`);
  }
  if (base.protocol !== "http:" && base.protocol !== "https:") throw new TypeError(`url begins with \`${base.protocol}\`: give an address with https:// or http://`);
  return base;
}

function number(name: string, value: number | undefined, otherwise: number, least: number): number {
  if (value === undefined) return otherwise;
  if (!Number.isFinite(value) || value < least) throw new TypeError(`${name} is ${value}: give a number of at least ${least}`);
  return Math.floor(value);
}
