// A small HTTP/1.1 client for measuring: one connection, one request after the other, prepared
// bytes. `fetch` alone costs more than the Workers' answers and would measure itself.
import { connect, type Socket } from "node:net";

export interface Measured {
  status: number;
  durationMs: number;
  bodyBytes: number;
}

export class ClosedLoop {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #onData: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#onData?.();
    });
  }

  static async open(url: string): Promise<ClosedLoop> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new ClosedLoop(socket);
  }

  /** Sends prepared bytes and waits for the whole answer. */
  async send(request: Buffer): Promise<Measured> {
    const started = performance.now();
    this.#socket.write(request);
    for (;;) {
      const answer = readAnswer(this.#received);
      if (answer !== undefined) {
        this.#received = this.#received.subarray(answer.length);
        return { status: answer.status, durationMs: performance.now() - started, bodyBytes: answer.bodyBytes };
      }
      await new Promise<void>((resolve) => { this.#onData = resolve; });
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

export function prepareRequest(method: string, path: string, headers: Record<string, string>, body = ""): Buffer {
  const lines = Object.entries({ host: "bench", "content-length": String(Buffer.byteLength(body)), ...headers });
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
}

/** One whole answer at the start of the bytes, if it is there: with a length, or in chunks. */
function readAnswer(received: Buffer): { status: number; bodyBytes: number; length: number } | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = received.toString("latin1", 0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const bodyStart = headEnd + 4;
  const declared = /\r\ncontent-length: (\d+)/.exec(head);
  if (declared !== null) {
    const bodyBytes = Number(declared[1]);
    const length = bodyStart + bodyBytes;
    return received.length < length ? undefined : { status, bodyBytes, length };
  }
  if (!head.includes("transfer-encoding: chunked")) return { status, bodyBytes: 0, length: bodyStart };
  let position = bodyStart;
  let bodyBytes = 0;
  for (;;) {
    const lineEnd = received.indexOf("\r\n", position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(received.toString("latin1", position, lineEnd), 16);
    position = lineEnd + 2 + size + 2;
    if (received.length < position) return undefined;
    if (size === 0) return { status, bodyBytes, length: position };
    bodyBytes += size;
  }
}
