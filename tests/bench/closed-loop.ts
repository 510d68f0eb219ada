// A small HTTP/1.1 client for measuring: one connection, one request after the other, prepared
// bytes. `fetch` alone costs more than the Workers' answers and would measure itself; so would a
// buffer of its own for each answer, by this process's garbage collection.
import { connect, type Socket } from "node:net";

/** Where what arrives is read to, and what an answer has room for at first. */
const readBytes = 64 * 1024;

export interface Measured {
  status: number;
  durationMs: number;
  bodyBytes: number;
}

export class ClosedLoop {
  readonly #socket: Socket;
  /** The answer so far; one memory for all of them. */
  #memory = Buffer.alloc(16 * readBytes);
  #length = 0;
  #onChange: (() => void) | undefined;
  #fault: Error | undefined;

  private constructor(hostname: string, port: number) {
    const onread = {
      buffer: Buffer.alloc(readBytes),
      callback: (length: number, chunk: Uint8Array): boolean => {
        this.#keep(chunk.subarray(0, length));
        return true;
      },
    };
    this.#socket = connect({ host: hostname, port, onread });
    this.#socket.setNoDelay(true);
    const fail = (error: Error): void => {
      this.#fault ??= error;
      this.#onChange?.();
    };
    this.#socket.on("error", fail);
    this.#socket.on("close", () => fail(new Error("the connection was closed")));
  }

  static async open(url: string): Promise<ClosedLoop> {
    const { hostname, port } = new URL(url);
    const client = new ClosedLoop(hostname, Number(port));
    await new Promise<void>((resolve, reject) => client.#socket.once("connect", resolve).once("error", reject));
    return client;
  }

  #keep(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#memory.length) {
      const larger = Buffer.alloc(2 * this.#memory.length);
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    this.#memory.set(chunk, this.#length);
    this.#length += chunk.length;
    this.#onChange?.();
  }

  /** Sends prepared bytes and waits for the whole answer. */
  async send(request: Buffer): Promise<Measured> {
    const started = performance.now();
    this.#socket.write(request);
    for (;;) {
      const answer = readAnswer(this.#memory.subarray(0, this.#length));
      if (answer !== undefined) {
        // Nothing else is asked for before: the answer is all there is.
        this.#length = 0;
        return { ...answer, durationMs: performance.now() - started };
      }
      if (this.#fault !== undefined) throw this.#fault;
      await new Promise<void>((resolve) => { this.#onChange = resolve; });
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

/** The answer that the bytes are, once it is whole: with a length, or in chunks. */
function readAnswer(received: Buffer): { status: number; bodyBytes: number } | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = received.toString("latin1", 0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const bodyStart = headEnd + 4;
  const declared = /\r\ncontent-length: (\d+)/.exec(head);
  if (declared !== null) {
    const bodyBytes = Number(declared[1]);
    return received.length < bodyStart + bodyBytes ? undefined : { status, bodyBytes };
  }
  if (!head.includes("transfer-encoding: chunked")) return { status, bodyBytes: 0 };
  let position = bodyStart;
  let bodyBytes = 0;
  for (;;) {
    const lineEnd = received.indexOf("\r\n", position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(received.toString("latin1", position, lineEnd), 16);
    position = lineEnd + 2 + size + 2;
    if (received.length < position) return undefined;
    if (size === 0) return { status, bodyBytes };
    bodyBytes += size;
  }
}
