// A database with the migrations and the price snapshot in it, made once and copied for each test: loading
// 25,000 rates takes seconds, a copy none. It is made as an installation makes it, by a suite.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { root, workerDirectory } from "../repository.ts";
import { digestOf } from "../source-digest.ts";
import { newKey, storeKey } from "./api-keys.ts";
import { loadPriceSnapshot } from "./load-price-snapshot.ts";
import { startSuite } from "./start-suite.ts";

const directory = join(root, "node_modules", ".prepared-databases");
/** The snapshot's age is told on /health and in answers: a test sees one that was loaded lately. */
const ageMsMax = 20 * 60_000;
const databaseFolder = join("v3", "d1", "miniflare-D1DatabaseObject");

/** Puts a copy where a suite with `persist` there will look for its database; one that is there stays. */
export async function copyPreparedDatabase(persist: string): Promise<void> {
  const target = join(persist, databaseFolder);
  if (existsSync(target) && readdirSync(target).length > 0) return;
  const source = await preparedDatabase();
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) copyFileSync(join(source, name), join(target, name));
}

/** The folder of a prepared database; makes one where there is no young one of these sources. */
export async function preparedDatabase(): Promise<string> {
  const built = join(workerDirectory("pricing-sync"), "build", ".sources.json");
  const digest = digestOf([join(root, "migrations"), built, import.meta.filename]).slice(0, 16);
  mkdirSync(directory, { recursive: true });
  const found = readdirSync(directory).filter((name) => name.startsWith(`${digest}-`) && ageOf(name) < ageMsMax).toSorted().at(-1);
  if (found !== undefined) return join(directory, found, databaseFolder);
  // Long unused: nobody copies one of these any more.
  for (const name of readdirSync(directory).filter((old) => ageOf(old) > 3 * ageMsMax)) rmSync(join(directory, name), { recursive: true, force: true });
  // Several tests may come here at once: each makes its own, and the next one takes the newest.
  const unfinished = mkdtempSync(join(directory, "unfinished-"));
  const path = join(directory, `${digest}-${Date.now()}-${process.pid}`);
  await fill(unfinished);
  renameSync(unfinished, path);
  return join(path, databaseFolder);
}

const ageOf = (name: string): number => Date.now() - statSync(join(directory, name)).mtimeMs;

async function fill(persist: string): Promise<void> {
  const suite = await startSuite({
    persist,
    variables: { COOKIE_SECRET: "a secret for a moment, long enough" },
    outbound: () => { throw new Error("no network while the database is prepared"); },
    onLog: () => undefined,
  });
  try {
    const key = newKey("loads the snapshot", ["admin"]);
    await storeKey(suite.database, key);
    await loadPriceSnapshot(suite.url, key.secret);
  } finally {
    await suite.stop();
  }
  const folder = join(persist, databaseFolder);
  for (const name of readdirSync(folder).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file))) {
    const database = new DatabaseSync(join(folder, name));
    // As a suite is before its first key; and one file, nothing beside it.
    database.exec("DELETE FROM api_keys; DELETE FROM admin_audit; PRAGMA wal_checkpoint(TRUNCATE); VACUUM;");
    database.close();
  }
}
