// Starts a TypeScript Worker on the same workerd and the same kind of D1 as the suite.
import { join } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { applyMigrations } from "../../scripts/suite/apply-migrations.ts";
import type { Database } from "../../scripts/suite/database.ts";
import { schema } from "./comparison-worker/lean-schema.ts";

export interface ComparisonSuite {
  url: string;
  database: Database;
  stop(): Promise<void>;
}

export async function startComparison(persist: string, worker: "worker.ts" | "lean-worker.ts" = "worker.ts"): Promise<ComparisonSuite> {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, "comparison-worker", worker)],
    bundle: true, minify: true, format: "esm", target: "es2024", write: false,
  });
  const miniflare = new Miniflare({
    cf: false, host: "127.0.0.1", port: 0, name: "comparison", modules: true, script: bundle.outputFiles[0]!.text,
    compatibilityDate: "2026-07-01",
    // As the suite's: each line is taken, and left aside.
    handleStructuredLogs: () => undefined,
    d1Databases: { DB: "comparison" }, d1Persist: persist,
  });
  const url = (await miniflare.ready).origin;
  const database = await miniflare.getD1Database("DB");
  await applyMigrations(database);
  if (worker === "lean-worker.ts") await database.batch(schema.map((sql) => database.prepare(sql)));
  return { url, database, stop: () => miniflare.dispose() };
}
