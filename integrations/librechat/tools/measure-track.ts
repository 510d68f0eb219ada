// What `track` costs its caller: `npm run measure:track`. The suite is away meanwhile, so that everything
// goes to the disk; a loop beside it shows how long anybody else had to wait.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TokentillClient } from "../src/index.ts";

const directory = mkdtempSync(join(tmpdir(), "tokentill-measure-"));
const client = new TokentillClient({ url: "http://127.0.0.1:9", key: "a:b", spool: directory, say: () => undefined, flushOnExit: false });
const event = { type: "chat", session_id: "conversation-1", user_id: "68f0a1b2c3d4e5f601234567", provider: "openAI", model_name: "gpt-5-mini", duration_ms: 912, usage: { input: 1_200, cache_read: 1_000, output: 300 } } as const;

const tookUs: number[] = [];
for (let round = 0; round < 400; round++) {
  for (let index = 0; index < 50; index++) {
    const started = performance.now();
    client.track(event);
    tookUs.push((performance.now() - started) * 1000);
  }
  await new Promise((resolve) => setTimeout(resolve, 2));
}
tookUs.sort((a, b) => a - b);
const at = (part: number): string => tookUs[Math.floor((tookUs.length - 1) * part)]!.toFixed(1);
console.log(`${tookUs.length} events: median ${at(0.5)} µs, 99 of 100 within ${at(0.99)} µs, 999 of 1,000 within ${at(0.999)} µs, longest ${at(1)} µs`);
console.log(`spool: ${client.state().spool_bytes} bytes, ${Math.round(client.state().spool_bytes / tookUs.length)} an event; memory ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
await client.close(0);
rmSync(directory, { recursive: true, force: true });
