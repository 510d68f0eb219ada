// Holds the built site to its budget: what the first page loads, and what each route adds to the entry.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const limits = { initial: 200_000, route: 30_000, onDemand: 40_000 };
const site = new URL("../dist/app/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", site), "utf8"));

const sizes = new Map();
async function gzipped(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(await readFile(new URL(file, site)), { level: 9 }).length);
  return sizes.get(file);
}

/** A chunk with everything that it imports statically. */
function closure(name, seen = new Set()) {
  const chunk = manifest[name];
  if (chunk === undefined || seen.has(name)) return seen;
  seen.add(name);
  for (const one of chunk.imports ?? []) closure(one, seen);
  return seen;
}

async function weigh(names) {
  let total = 0;
  const files = new Set([...names].flatMap((name) => [manifest[name].file, ...(manifest[name].css ?? [])]));
  for (const file of files) total += await gzipped(file);
  return total;
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
const entry = closure("index.html");
const first = entry;
let isOver = false;
function report(what, bytes, limit) {
  const over = bytes > limit;
  isOver ||= over;
  console.log(`${kilobytes(bytes)} of ${kilobytes(limit)}  ${what}${over ? "  OVER" : ""}`);
}

report("the first page, everything it loads", await weigh(first), limits.initial);
// Shared pieces (the shell's popovers, the chart kit) come with the first page and stay in the cache.
for (const name of Object.keys(manifest).filter((one) => one.startsWith("src/") && manifest[one].isDynamicEntry).sort()) {
  const own = await weigh([...closure(name)].filter((one) => !first.has(one)));
  if (name.startsWith("src/routes/")) report(name.replace("src/routes/", ""), own, limits.route);
  else report(name.replace("src/", "on demand: "), own, limits.onDemand);
}
process.exit(isOver ? 1 : 0);
