// Starts a suite of its own with the sample installation, for browser tests: PORT says where (any
// free port without it), SUITE_FILE gets `url`, `ingest_key` and `admin_key` once it is ready, and
// SAMPLE=0 leaves the ledger empty. It reaches no network, except a price list of a test's own whose
// loopback address PRICE_LIST_URL gives in place of LiteLLM's. SIGTERM or SIGINT ends it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetch } from "miniflare";
import { buildDashboard } from "./build-dashboard.ts";
import { buildWorkers } from "./build-workers.ts";
import { devDirectory } from "./repository.ts";
import { sendSample } from "./sample/send-sample.ts";
import { runScript } from "./steps.ts";
import { newKey, storeKey } from "./suite/api-keys.ts";
import { copyPreparedDatabase } from "./suite/prepared-database.ts";
import { cronsOf, startSuite } from "./suite/start-suite.ts";
import { openWorkerLog } from "./suite/worker-log.ts";

await runScript(async () => {
  const suiteFile = process.env["SUITE_FILE"] ?? join(devDirectory, "sample-suite.json");
  rmSync(suiteFile, { force: true });
  await Promise.all([buildWorkers(), buildDashboard()]);
  const priceList = process.env["PRICE_LIST_URL"];
  const persist = mkdtempSync(join(tmpdir(), "tokentill-sample-"));
  await copyPreparedDatabase(persist);
  const suite = await startSuite({
    persist,
    port: Number(process.env["PORT"] ?? 0),
    isServed: true,
    variables: {
      COOKIE_SECRET: "a secret of the browser tests, long enough",
      ...(priceList !== undefined && { PRICE_LIST_URL_LITELLM: priceList }),
    },
    outbound: ({ url, headers }) => {
      if (url !== priceList) throw new Error("no network in tests");
      return fetch(url, { headers });
    },
    onLog: openWorkerLog(join(devDirectory, "logs", "sample-workers.log")),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => void suite.stop().finally(() => {
      rmSync(persist, { recursive: true, force: true });
      process.exit(0);
    }));
  }
  const ingest = newKey("LibreChat", ["ingest"]);
  const admin = newKey("Admin", ["admin"]);
  for (const key of [ingest, admin]) {
    await storeKey(suite.database, key);
  }
  const ingestKey = `${ingest.id}:${ingest.secret}`;
  if (process.env["SAMPLE"] !== "0") await sendSample(suite.url, ingestKey, new Date());
  // As on an installation that has run for a day: each of the tracker's jobs has had a turn.
  for (const minutesAgo of [30, 15, 0]) {
    const tick = new Date(Date.now() - minutesAgo * 60_000);
    for (const cron of cronsOf("analytics-tracker")) await suite.runScheduled("analytics-tracker", cron, tick);
  }
  writeFileSync(suiteFile, JSON.stringify({ url: suite.url, ingest_key: ingestKey, admin_key: admin.secret }));
  console.log(`ready ${suite.url} ${suiteFile}`);
});
