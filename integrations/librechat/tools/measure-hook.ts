// What the middleware costs a request, side by side: `npm run measure:hook`. Two servers in one process, with
// and without it, take turns request by request; the events go to a spool on disk. Blocks of requests give the
// processor's time, which holds what happens after the answer as well.
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, createServer, get } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analyticsHook, TokentillClient } from "../src/index.ts";

const require = createRequire(import.meta.url);
const directory = mkdtempSync(join(tmpdir(), "tokentill-measure-"));
const client = new TokentillClient({ url: "http://127.0.0.1:9", key: "a:b", spool: directory, say: () => undefined, flushOnExit: false });

async function listen(name: string, isHooked: boolean): Promise<{ url: string; close(): void }> {
  const express = require(name) as any;
  const app = express();
  if (isHooked) app.use(analyticsHook(client).middleware);
  app.use(express.json());
  app.get("/api/convos/:id", (request: any, response: any) => {
    request.user = { id: "68f0a1b2c3d4e5f601234567" };
    response.json({ id: request.params.id, title: "a title" });
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/convos/7`, close: () => void server.close(() => undefined).closeAllConnections() };
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
function once(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    get(url, { agent }, (response) => response.resume().on("end", () => resolve((performance.now() - started) * 1000))).on("error", reject);
  });
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

for (const [title, name] of [["Express 4", "express4"], ["Express 5", "express"]] as const) {
  const plain = await listen(name, false);
  const hooked = await listen(name, true);
  for (let index = 0; index < 500; index++) for (const { url } of [plain, hooked]) await once(url);
  const latency: [number[], number[]] = [[], []];
  for (let index = 0; index < 2_000; index++) {
    // Who goes first takes turns too.
    const order = index % 2 === 0 ? [0, 1] : [1, 0];
    for (const which of order) latency[which as 0 | 1].push(await once([plain, hooked][which]!.url));
  }
  const processor: [number[], number[]] = [[], []];
  for (let block = 0; block < 8; block++) {
    const which = (block % 2) as 0 | 1;
    const before = process.cpuUsage();
    for (let index = 0; index < 250; index++) await once([plain, hooked][which]!.url);
    const { user, system } = process.cpuUsage(before);
    processor[which].push((user + system) / 250);
  }
  const difference = (pair: [number[], number[]]): string => `${median(pair[0]).toFixed(0)} without, ${median(pair[1]).toFixed(0)} with, ${(median(pair[1]) - median(pair[0])).toFixed(0)} more`;
  console.log(`${title}: a request in µs at the median: ${difference(latency)}; the processor's time: ${difference(processor)}`);
  plain.close();
  hooked.close();
}
agent.destroy();
await client.close(0);
rmSync(directory, { recursive: true, force: true });
