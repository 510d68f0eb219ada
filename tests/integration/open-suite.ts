// A suite of its own for a test file: the real Workers in workerd, a D1 without events, a key for each
// scope, the price snapshot unless left out. Every answer is checked against the contracts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSuite, type Suite, type SuiteOptions } from "../../scripts/suite/start-suite.ts";
import { copyPreparedDatabase } from "../../scripts/suite/prepared-database.ts";
import { newKey, type NewKey, type Scope, storeKey } from "../../scripts/suite/api-keys.ts";
import { checkResponse } from "../contract/check-response.ts";

export interface Call {
  method?: string;
  /** JSON, or a text or bytes as they are. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Whose key goes along; `null` sends none. */
  key?: NewKey | null;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON. */
  json: any;
}

export interface OpenSuite extends Suite {
  keys: Record<"ingest" | "backfill" | "read" | "admin", NewKey>;
  /** Every line that the Workers logged so far. */
  logs: string[];
  /** Calls an endpoint and checks the answer against the contract. GET without a body or method. */
  call(path: string, options?: Call): Promise<Answer>;
  /** Rows of a query, straight from the database. */
  rows<T = Record<string, unknown>>(sql: string): Promise<T[]>;
  addKey(scopes: readonly Scope[], userId?: string): Promise<NewKey>;
}

export async function openSuite(options: SuiteOptions & { prices?: boolean } = {}): Promise<OpenSuite> {
  const logs: string[] = [];
  // Without prices it starts in memory; with them from a copy of a file that has them.
  const own = options.prices === false || options.persist !== undefined ? undefined : mkdtempSync(join(tmpdir(), "tokentill-suite-"));
  const persist = options.persist ?? own;
  if (options.prices !== false) await copyPreparedDatabase(persist!);
  const suite = await startSuite({
    // No test reaches the network.
    outbound: refuseOutbound,
    ...options,
    ...(persist !== undefined && { persist }),
    variables: { COOKIE_SECRET: "a secret of the tests, long enough", ...options.variables },
    onLog: (line) => logs.push(line),
  });
  const addKey = async (scopes: readonly Scope[], userId?: string): Promise<NewKey> => {
    const key = newKey(`test ${scopes.join(" ")}`, scopes, userId);
    await storeKey(suite.database, key);
    return key;
  };
  const keys = {
    ingest: await addKey(["ingest"]),
    backfill: await addKey(["ingest", "backfill"]),
    read: await addKey(["read"]),
    admin: await addKey(["admin"]),
  };
  return {
    ...suite,
    keys,
    logs,
    addKey,
    async stop() {
      await suite.stop();
      if (own !== undefined) rmSync(own, { recursive: true, force: true });
    },
    async call(path, { method, body, headers = {}, key = keys.read }: Call = {}) {
      const verb = method ?? (body === undefined ? "GET" : "POST");
      const isRaw = typeof body === "string" || body instanceof Uint8Array;
      const response = await fetch(`${suite.url}${path}`, {
        method: verb,
        redirect: "manual",
        headers: {
          ...(key !== null && { authorization: basic(key) }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
      });
      const text = await response.text();
      // A path that begins with two slashes is one, and no other host.
      checkResponse(verb, new URL(path.replace(/^\/+/, "/"), suite.url).pathname, response, text);
      const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
      return { status: response.status, headers: response.headers, text, json: isJson && text !== "" ? JSON.parse(text) : undefined };
    },
    async rows<T>(sql: string) {
      return (await suite.database.prepare(sql).all<T>()).results;
    },
  };
}

export function basic(key: NewKey): string {
  return `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}`;
}

function refuseOutbound(): never {
  throw new Error("a test must not reach the network");
}
