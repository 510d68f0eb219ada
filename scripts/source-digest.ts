// A digest of files and folders, so that what is made of them is made again only when they change.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.ts";

const ignoredDirectories = new Set(["target", "build", "node_modules", "tests", "benches"]);

/** By name and content; what is not there counts as such. */
export function digestOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  const visit = (path: string): void => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const entry of readdirSync(path).toSorted()) {
        if (!ignoredDirectories.has(entry)) visit(join(path, entry));
      }
    } else {
      hash.update(`${path.slice(root.length)}\0`).update(readFileSync(path)).update("\0");
    }
  };
  for (const path of paths) visit(path);
  return hash.digest("hex");
}
