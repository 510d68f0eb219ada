// The notices of what ships: every package in the dashboard's files and every crate in the Workers' Wasm,
// with the licence that it comes under, word for word. Written into each build, as `/app/notices.txt`.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dashboardDist, root, workerNames } from "./repository.ts";
import { StepError } from "./steps.ts";

export type Notice = { name: string; version: string; licence: string; text: string };

/** Where the file lies in what is served. */
export const noticesFile = join(dashboardDist, "app", "notices.txt");

/** What is drawn into the site by a build tool, though it is no dependency of what runs. */
const builtIn = ["redoc", "tailwindcss"];

const isNotice = /^(?:licen[cs]e|notice|copying|unlicense)/i;

/** The licence and notice files of a package's own folder, one after the other. */
function textsIn(directory: string): string {
  const files = readdirSync(directory, { withFileTypes: true }).filter((file) => file.isFile() && isNotice.test(file.name));
  return files.map(({ name }) => readFileSync(join(directory, name), "utf8").trim()).join("\n\n");
}

type Manifest = { name: string; version: string; license?: string; dependencies?: Record<string, string> };

function manifestIn(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest;
}

/** A package as npm finds it from a folder: the nearest `node_modules` above. */
function folderOf(name: string, from: string): string | null {
  for (let at = from; at.startsWith(root); at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (existsSync(join(folder, "package.json"))) return folder;
  }
  return null;
}

/** The packages that the dashboard depends on to run, each with what it depends on. */
export function packagesOfDashboard(): Notice[] {
  const dashboard = join(root, "dashboard");
  const found = new Map<string, Notice>();
  const waiting = [...Object.keys(manifestIn(dashboard).dependencies ?? {}), ...builtIn].map((name) => folderOf(name, dashboard));
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (folder === null || found.has(folder)) continue;
    const { name, version, license, dependencies = {} } = manifestIn(folder);
    found.set(folder, { name, version, licence: license ?? "see below", text: textsIn(folder) });
    const from = folder;
    // Redoc is taken as its own bundle, which names what is in it.
    if (name !== "redoc") waiting.push(...Object.keys(dependencies).map((dependency) => folderOf(dependency, from)));
  }
  return sorted([...found.values()]);
}

type Metadata = { packages: { name: string; version: string; license: string | null; source: string | null; manifest_path: string }[] };

/** What cargo says without asking the network. */
function cargo(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("cargo", [...args, "--locked"], { cwd: root, encoding: "utf8", maxBuffer: 100_000_000 });
  if (status !== 0) throw new StepError(`cargo ${args[0]} failed.`, `mend this: ${stderr}`);
  return stdout;
}

/** The crates that are compiled into the Workers; a macro runs in the compiler and ships nothing. */
export function cratesOfWorkers(): Notice[] {
  const tree = cargo("tree", ...workerNames.flatMap((name) => ["-p", name]), "-e", "normal,no-proc-macro", "--target", "wasm32-unknown-unknown", "--prefix", "none", "-f", "{p}");
  const shipped = new Set(tree.split("\n").map((line) => line.trim().split(" ").slice(0, 2).join(" ")));
  const { packages } = JSON.parse(cargo("metadata", "--format-version", "1")) as Metadata;
  const crates = packages.filter(({ name, version, source }) => source !== null && shipped.has(`${name} v${version}`));
  return sorted(crates.map(({ name, version, license, manifest_path }) => ({ name, version, licence: license ?? "see below", text: textsIn(dirname(manifest_path)) })));
}

function sorted(notices: Notice[]): Notice[] {
  return notices.toSorted((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
}

/** The file: each text once, under all that come under it. */
export function noticesText(parts: readonly { title: string; notices: readonly Notice[] }[]): string {
  const own = readFileSync(join(root, "LICENSE"), "utf8").trim();
  const sections = parts.map(({ title, notices }) => {
    const byText = new Map<string, string[]>();
    for (const { name, version, licence, text } of notices) {
      const key = text === "" ? `(${name} ships no text of its licence, ${licence}: https://spdx.org/licenses/)` : text;
      byText.set(key, [...(byText.get(key) ?? []), `${name} ${version} (${licence})`]);
    }
    return [`# ${title}`, ...[...byText].map(([text, names]) => `## ${names.join(", ")}\n\n${text}`)].join("\n\n");
  });
  return `${[`# Tokentill\n\n${own}`, ...sections].join("\n\n\n")}\n`;
}

/** Writes the file into the built site. */
export function writeNotices(): void {
  const parts = [
    { title: "In the dashboard and the page of the API", notices: packagesOfDashboard() },
    { title: "In the Workers", notices: cratesOfWorkers() },
  ];
  writeFileSync(noticesFile, noticesText(parts));
}
