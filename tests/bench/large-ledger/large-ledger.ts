// A ledger of a million interactions, and with ARCHIVED five million archived ones, to measure on.
// It is made once and kept outside the checkout, until its generator or the migrations change.
import { createHash } from "node:crypto";
import { constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../../../scripts/repository.ts";
import { runCommand } from "../../../scripts/steps.ts";
import { startSuite, type Suite, type SuiteOptions } from "../../../scripts/suite/start-suite.ts";

const dayMs = 86_400_000;
/** Ledgers of one size that are kept. */
const keptMax = 3;
/** Where Miniflare keeps the databases below a suite's persist directory. */
const databases = join("v3", "d1", "miniflare-D1DatabaseObject");

export interface LedgerSize {
  /** Interactions of the 52 weeks that end on `endsOn`; INTERACTIONS, or a million. */
  interactions: number;
  /** Older ones in the archive; ARCHIVED, or none. */
  archived: number;
  /** The last day, a Sunday, in UTC; ENDS_ON, or the latest one that is over. */
  endsOn: string;
}

export function sizeFromEnvironment(): LedgerSize {
  return {
    interactions: Number(process.env["INTERACTIONS"] ?? 1_000_000),
    archived: Number(process.env["ARCHIVED"] ?? 0),
    endsOn: process.env["ENDS_ON"] ?? latestSunday(new Date()),
  };
}

function latestSunday(now: Date): string {
  return new Date(now.getTime() - (now.getUTCDay() || 7) * dayMs).toISOString().slice(0, 10);
}

export interface LargeSuite extends Suite {
  size: LedgerSize;
}

/**
 * Starts the suite on a copy of the ledger, so that whoever writes spoils nothing; stopping it
 * removes the copy. It has no key yet: see `scripts/suite/api-keys.ts`.
 */
export async function startOnLargeLedger(options: Omit<SuiteOptions, "persist"> = {}, size = sizeFromEnvironment()): Promise<LargeSuite> {
  const file = await largeLedgerFile(size);
  const persist = mkdtempSync(join(tmpdir(), "tokentill-large-ledger-"));
  const remove = (): void => rmSync(persist, { recursive: true, force: true });
  try {
    await placeDatabase(persist, (path) => copyFileSync(file, path, constants.COPYFILE_FICLONE));
    const suite = await startSuite({ ...options, persist });
    return {
      ...suite,
      size,
      async stop() {
        await suite.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The SQLite file of such a ledger, made if it is missing. */
export async function largeLedgerFile(size = sizeFromEnvironment()): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const directory = join(cache, "tokentill", "bench");
  const file = join(directory, `ledger-${size.interactions}-${size.archived}-${size.endsOn}-${digest()}.sqlite`);
  if (existsSync(file)) return file;
  mkdirSync(directory, { recursive: true });
  console.log(`Making a ledger of ${size.interactions} interactions and ${size.archived} archived ones; it takes some minutes, once.`);
  const partial = `${file}.${process.pid}`;
  try {
    const said = await runCommand("cargo", ["run", "--quiet", "--locked", "-p", "ledger-keep", "--example", "large_ledger", "--", partial], {
      title: "large ledger",
      remedy: "look into crates/ledger-keep/examples/large_ledger.",
      env: { ...process.env, INTERACTIONS: String(size.interactions), ARCHIVED: String(size.archived), ENDS_ON: size.endsOn },
    });
    console.log(said.trim());
    renameSync(partial, file);
    removeOld(directory, `ledger-${size.interactions}-${size.archived}-`);
  } finally {
    for (const left of readdirSync(directory).filter((name) => name.startsWith(partial.slice(directory.length + 1)))) rmSync(join(directory, left));
  }
  return file;
}

/** Keeps the newest few of a size: other checkouts may have theirs, and each takes gigabytes. */
function removeOld(directory: string, prefix: string): void {
  const names = readdirSync(directory).filter((name) => name.startsWith(prefix) && name.endsWith(".sqlite"));
  const madeAt = (name: string): number => statSync(join(directory, name)).mtimeMs;
  for (const name of names.toSorted((a, b) => madeAt(b) - madeAt(a)).slice(keptMax)) rmSync(join(directory, name));
}

/** Of everything that decides what is in the file, but for the recording code itself. */
function digest(): string {
  const hash = createHash("sha256");
  for (const directory of [join(root, "migrations"), join(root, "crates", "ledger-keep", "examples", "large_ledger")]) {
    for (const name of readdirSync(directory).toSorted()) hash.update(name).update(readFileSync(join(directory, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

/** Miniflare names a database's file by a digest of its own: an empty start shows which. */
async function placeDatabase(persist: string, place: (path: string) => void): Promise<void> {
  await (await startSuite({ persist })).stop();
  const directory = join(persist, databases);
  const names = readdirSync(directory).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  if (names.length !== 1) throw new Error(`one database was expected in ${directory}, not ${names.join(", ") || "none"}`);
  const path = join(directory, names[0]!);
  for (const left of readdirSync(dirname(path)).filter((name) => name.startsWith(names[0]!))) rmSync(join(directory, left));
  place(path);
}
