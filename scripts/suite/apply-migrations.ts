// Applies migrations/*.sql in order, recorded as `wrangler d1 migrations apply` records them, so
// that either of the two can go on where the other stopped.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";
import { StepError } from "../steps.ts";
import type { Database } from "./database.ts";

const createRecord = `
CREATE TABLE IF NOT EXISTS d1_migrations (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Applies what is new; answers with the names of what it applied. */
export async function applyMigrations(database: Database): Promise<string[]> {
  await database.prepare(createRecord).run();
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  const directory = join(root, "migrations");
  const names = readdirSync(directory).filter((name) => name.endsWith(".sql")).toSorted();
  const waiting = names.filter((name) => !applied.has(name));
  for (const name of waiting) {
    try {
      // One prepared text may hold many statements; together with the record they are one transaction.
      await database.batch([
        database.prepare(readFileSync(join(directory, name), "utf8")),
        database.prepare("INSERT INTO d1_migrations (name) VALUES (?1)").bind(name),
      ]);
    } catch (error) {
      throw new StepError(
        `The migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`,
        "if this checkout's local data may be lost, run 'make clean-data'; otherwise mend the migration.",
      );
    }
  }
  return waiting;
}
