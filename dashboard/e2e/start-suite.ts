import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const root = new URL("../..", import.meta.url).pathname;
/** Building the Workers from nothing takes minutes. */
const patienceMs = 20 * 60_000;

/** A price list on this machine, in place of LiteLLM's: a test puts what the suite's next sync reads. */
async function startPriceList(): Promise<Server> {
  let list = "{}";
  const server = createServer((request, response) => {
    if (request.method !== "PUT") return void response.writeHead(200, { "content-type": "application/json" }).end(list);
    list = "";
    request.setEncoding("utf8").on("data", (piece: string) => (list += piece)).on("end", () => response.writeHead(204).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Uses the suite that the environment names, or starts one with the sample installation. */
export default async function startSuite(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.SUITE_URL !== undefined) return undefined;
  const priceList = await startPriceList();
  const priceListUrl = `http://127.0.0.1:${(priceList.address() as AddressInfo).port}/`;
  const suiteFile = join(mkdtempSync(join(tmpdir(), "suite-")), "suite.json");
  const child = spawn("scripts/run", ["serve-sample.ts"], { cwd: root, env: { ...process.env, PORT: "0", SAMPLE: "1", SUITE_FILE: suiteFile, PRICE_LIST_URL: priceListUrl }, stdio: ["ignore", "inherit", "inherit"] });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const deadline = Date.now() + patienceMs;
  while (!existsSync(suiteFile)) {
    if (child.exitCode !== null) throw new Error("The sample suite ended before it was ready: see its output above.");
    if (Date.now() > deadline) throw new Error("The sample suite was not ready in time.");
    await wait(500);
  }
  const { url, ingest_key, admin_key } = JSON.parse(readFileSync(suiteFile, "utf8")) as Record<"url" | "ingest_key" | "admin_key", string>;
  Object.assign(process.env, { SUITE_URL: url, SUITE_INGEST_KEY: ingest_key, SUITE_ADMIN_KEY: admin_key, SUITE_PRICE_LIST_URL: priceListUrl });
  return async () => {
    child.kill("SIGTERM");
    priceList.closeAllConnections();
    priceList.close();
    await ended;
  };
}
