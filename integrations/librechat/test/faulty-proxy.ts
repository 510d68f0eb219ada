// Stands before the real suite and spoils the way there and back, in every manner that a network knows.
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";

export type Fault =
  | "none"
  /** The connection is cut before anything is forwarded. */
  | "cut"
  /** The suite has it, and its answer gets lost. */
  | "answer lost"
  /** The suite has it, and its answer comes when nobody waits any more. */
  | "slow"
  /** 503, as the suite says it when its database is away. */
  | "unavailable"
  /** 429 with a second to wait. */
  | "too many"
  /** A page of a proxy in between, with 200. */
  | "other page";

export const faults: readonly Fault[] = ["cut", "answer lost", "slow", "unavailable", "too many", "other page"];

export class FaultyProxy {
  fault: Fault = "none";
  /** Requests that were let through. */
  forwarded = 0;
  /** All requests, with when they came. */
  readonly arrivedAtMs: number[] = [];
  /** Sees every body as it came. */
  onBody: ((encoding: string | undefined, bytes: Buffer) => void) | undefined;
  private readonly target: string;
  private readonly slowMs: number;
  private server: Server | undefined;
  private port = 0;

  constructor(target: string, slowMs: number) {
    this.target = target;
    this.slowMs = slowMs;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Answers on its port, the same one as before. */
  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve, reject) => this.server!.once("error", reject).listen(this.port, "127.0.0.1", resolve));
  }

  /** Nobody listens on the port any more. */
  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.arrivedAtMs.push(Date.now());
    const parts: Buffer[] = [];
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    for await (const part of request) parts.push(part as Buffer);
    this.onBody?.(request.headers["content-encoding"], Buffer.concat(parts));
    const fault = this.fault;
    const problem = (status: number, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": "application/problem+json", ...headers });
      response.end(JSON.stringify({ type: "about:blank", status, detail: "spoiled by the test" }));
    };
    if (fault === "cut") return void request.socket.destroy();
    if (fault === "unavailable") return problem(503);
    if (fault === "too many") return problem(429, { "retry-after": "1" });
    if (fault === "other page") return void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>");
    const answer = await this.forward(request, Buffer.concat(parts)).catch(() => undefined);
    if (answer === undefined || fault === "answer lost") return void request.socket.destroy();
    if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, this.slowMs));
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  private forward(incoming: IncomingMessage, body: Buffer): Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }> {
    this.forwarded += 1;
    return new Promise((resolve, reject) => {
      const { host: _host, connection: _connection, ...headers } = incoming.headers;
      const outgoing = httpRequest(`${this.target}${incoming.url}`, { method: incoming.method, headers, agent: false }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("error", reject).on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }));
      });
      outgoing.on("error", reject).end(body);
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createTcpServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
