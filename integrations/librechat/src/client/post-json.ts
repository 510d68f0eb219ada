// One POST over a kept connection, packed, within a time. Redirects are not followed: a key goes to the
// address that it was given for, and to no other.
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { HttpAnswer } from "./answer.ts";

const pack = promisify(gzip);
/** What is smaller goes plain: packing would cost more than it saves. */
const PACKED_FROM_BYTES = 1_024;
/** An answer to 500 events is a tenth of it. */
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;

export class Connection {
  private readonly base: URL;
  private readonly authorization: string;
  private readonly timeoutMs: number;
  private readonly agent: HttpAgent | HttpsAgent;
  /** A suite that takes no packed body says so once. */
  private isPacking = true;

  constructor(base: URL, key: string, timeoutMs: number) {
    this.base = base;
    // A pair is Basic auth, as LibreChat's exporter sends it; a secret alone is a bearer's.
    this.authorization = key.includes(":") ? `Basic ${Buffer.from(key).toString("base64")}` : `Bearer ${key}`;
    this.timeoutMs = timeoutMs;
    const options = { keepAlive: true, maxSockets: 4, scheduling: "lifo" as const };
    this.agent = base.protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Sends JSON; throws where there is no answer. */
  async post(path: string, json: string): Promise<HttpAnswer> {
    const plain = Buffer.from(json);
    const isPacked = this.isPacking && plain.length >= PACKED_FROM_BYTES;
    const answer = await this.send(path, isPacked ? await pack(plain, { level: 1 }) : plain, isPacked);
    if (answer.status !== 415 || !isPacked) return answer;
    this.isPacking = false;
    return this.send(path, plain, false);
  }

  close(): void {
    this.agent.destroy();
  }

  private send(path: string, body: Buffer, isPacked: boolean): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const send = this.base.protocol === "https:" ? httpsRequest : httpRequest;
      const request = send(
        {
          agent: this.agent,
          method: "POST",
          protocol: this.base.protocol,
          hostname: this.base.hostname.replace(/^\[|\]$/g, ""),
          port: this.base.port === "" ? undefined : this.base.port,
          path: `${this.base.pathname.replace(/\/+$/, "")}${path}`,
          headers: {
            authorization: this.authorization,
            "content-type": "application/json",
            "content-length": body.length,
            ...(isPacked && { "content-encoding": "gzip" }),
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          response.on("data", (part: Buffer) => {
            bytes += part.length;
            if (bytes > ANSWER_BYTES_MAX) request.destroy(new Error("the answer is too long to be one of Tokentill"));
            else parts.push(part);
          });
          response.on("error", reject);
          response.on("end", () => {
            clearTimeout(timer);
            resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"], text: Buffer.concat(parts).toString("utf8") });
          });
        },
      );
      // Of the whole exchange: a server that sends a byte a second is as far away as one that sends none.
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${this.timeoutMs} ms`)), this.timeoutMs);
      request.on("error", reject);
      request.on("close", () => {
        clearTimeout(timer);
        reject(new Error("the connection was closed before the answer was complete"));
      });
      request.end(body);
    });
  }
}
