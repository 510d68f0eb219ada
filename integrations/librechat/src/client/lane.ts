// A process's own folder within the spool. Its owner touches `alive`; a folder that nobody touches for a
// while belongs to nobody, and the first process that renames it into its own has what it holds.
//
// Two owners at once would cost nothing but repeats, since every event has its id. What must not happen is
// that one removes a file while another writes to it: an owner that was away for so long that it may have
// lost its folder looks before it writes, and who takes a folder over removes nothing of it for a while.
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";

const ALIVE = "alive";
const PREFIX = "lane-";
const ADOPTED_PREFIX = "adopted-";
/** The deepest an adopted folder lies within others. */
const DEPTH_MAX = 20;

export interface LaneTimes {
  /** How often the owner says that it lives. */
  beatMs: number;
  /** How long a folder must be silent to be taken over. */
  adoptAfterMs: number;
}

export interface Found {
  path: string;
  bytes: number;
}

export class Lane {
  readonly path: string;
  private readonly root: string;
  private readonly times: LaneTimes;
  private beatAtMs: number;

  /** Makes the folder; throws where it can't. */
  constructor(root: string, times: LaneTimes) {
    this.root = root;
    this.times = times;
    this.path = join(root, `${PREFIX}${Date.now().toString(36)}-${process.pid}-${randomBytes(4).toString("hex")}`);
    mkdirSync(this.path, { recursive: true });
    closeSync(openSync(join(this.path, ALIVE), "w"));
    this.beatAtMs = Date.now();
  }

  /** Whether the folder is still its owner's; to be asked before each write. */
  holds(): boolean {
    const sinceMs = Date.now() - this.beatAtMs;
    return sinceMs >= 0 && sinceMs < this.times.beatMs * 2 ? true : this.beat();
  }

  /** Says that the owner lives; `false` when the folder was taken over. */
  beat(): boolean {
    const now = Date.now();
    try {
      utimesSync(join(this.path, ALIVE), now / 1000, now / 1000);
      this.beatAtMs = now;
      return true;
    } catch (error) {
      // A disk in trouble is not a folder that is gone.
      return (error as NodeJS.ErrnoException).code !== "ENOENT";
    }
  }

  /** Takes over what others left; answers with the files found. */
  adopt(): Found[] {
    const found: Found[] = [];
    for (const name of readdirSync(this.root)) {
      const other = join(this.root, name);
      if (!name.startsWith(PREFIX) || other === this.path || !this.isSilent(other)) continue;
      const mine = join(this.path, `${ADOPTED_PREFIX}${name.slice(PREFIX.length)}`);
      try {
        renameSync(other, mine);
      } catch {
        // Another process was faster.
        continue;
      }
      found.push(...filesBelow(mine, DEPTH_MAX));
    }
    return found;
  }

  /** Leaves the folder: removed when it is empty, else free for the next process at once. */
  leave(): void {
    rmSync(join(this.path, ALIVE), { force: true });
    this.removeEmpty();
  }

  /** Removes folders in which nothing lies any more. */
  removeEmpty(): void {
    removeEmptyBelow(this.path, existsIn(this.path, ALIVE));
  }

  private isSilent(other: string): boolean {
    try {
      return Date.now() - statSync(join(other, ALIVE)).mtimeMs > this.times.adoptAfterMs;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") return false;
      // Left on purpose, or just being made.
      return Date.now() - (mtimeOf(other) ?? Date.now()) > Math.min(this.times.adoptAfterMs, 1_000);
    }
  }
}

function existsIn(folder: string, name: string): boolean {
  return mtimeOf(join(folder, name)) !== undefined;
}

function mtimeOf(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}

/** Every file of records, oldest first: names begin with their time. */
function filesBelow(folder: string, depth: number): Found[] {
  const found: Found[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) found.push(...filesBelow(path, depth - 1));
    else if (entry.name.endsWith(".log")) found.push({ path, bytes: statSync(path).size });
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function removeEmptyBelow(folder: string, isKept: boolean): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        rmSync(join(path, ALIVE), { force: true });
        removeEmptyBelow(path, false);
      }
    }
    if (!isKept && readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
  } catch {
    // What can't be removed stays; it is looked at again.
  }
}
