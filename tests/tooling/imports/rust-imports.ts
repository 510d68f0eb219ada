// The imports between the files of one crate, read from its `use` lines and paths. A name that a `lib.rs` or `mod.rs`
// hands on counts as an import of the file that has it. Parent and child may name each other: in Rust a folder's
// `mod.rs` holds what its files share. Unit tests are left out.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { addImport, type ImportGraph } from "./circles.ts";

interface Source {
  file: string;
  module: string[];
  /** `use` trees taken apart, and paths in the code. */
  paths: string[][];
  /** What it hands on: the name → its path. */
  handsOn: Map<string, string[]>;
}

export function rustImports(crate: string, root: string): ImportGraph {
  const sources = new Map<string, Source>();
  const base = join(root, crate, "src");
  for (const entry of readdirSync(base, { recursive: true, encoding: "utf8" })) {
    if (!entry.endsWith(".rs") || /(^|[\\/])tests\.rs$/.test(entry)) continue;
    const source = readSource(relative(root, join(base, entry)), moduleOf(entry), readFileSync(join(base, entry), "utf8"));
    sources.set(source.module.join("::"), source);
  }
  const graph: ImportGraph = new Map();
  for (const source of sources.values()) {
    for (const path of source.paths) {
      const target = ownerOf(sources, absolute(source.module, path));
      if (target === undefined || isFamily(source.module, target.source.module)) continue;
      addImport(graph, source.file, target.source.file, target.name);
    }
  }
  return graph;
}

function moduleOf(file: string): string[] {
  const parts = file.replace(/\.rs$/, "").split(sep);
  if (["lib", "mod", "main"].includes(parts.at(-1) ?? "")) parts.pop();
  return parts;
}

function readSource(file: string, module: string[], text: string): Source {
  const code = text
    .replace(/#\[cfg\(test\)\]\s*mod \w+ \{[\s\S]*$/, "")
    .replace(/\/\/.*$/gm, "")
    .replace(/"(?:[^"\\]|\\[\s\S])*"/g, '""');
  const paths: string[][] = [];
  const handsOn = new Map<string, string[]>();
  const rest = code.replace(/^[ \t]*(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);/gm, (_, visibility: string | undefined, tree: string) => {
    for (const { path, name } of leaves(tree.replace(/\s+/g, " "))) {
      paths.push(path);
      if (visibility !== undefined) handsOn.set(name, path);
    }
    return "";
  });
  for (const [path] of rest.matchAll(/\b(?:crate|super)(?:::\w+)+/g)) paths.push(path.split("::"));
  return { file, module, paths, handsOn };
}

/** `a::{b, c::{self, d as e}}` as its paths, each with the name it gives. */
function leaves(tree: string): { path: string[]; name: string }[] {
  const text = tree.trim();
  const brace = text.indexOf("{");
  if (brace < 0) {
    const [path = "", alias] = text.split(" as ");
    const parts = path.split("::").map((part) => part.trim());
    if (parts.at(-1) === "self" && parts.length > 1) parts.pop();
    return [{ path: parts, name: (alias ?? parts.at(-1) ?? "").trim() }];
  }
  const prefix = text.slice(0, brace);
  return branches(text.slice(brace + 1, text.lastIndexOf("}"))).flatMap((branch) => leaves(prefix + branch));
}

/** What commas part outside of inner braces. */
function branches(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const character of text) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
    if (character === "," && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else part += character;
  }
  return [...parts, part.trim()].filter((each) => each !== "");
}

function absolute(module: readonly string[], path: readonly string[]): string[] | undefined {
  if (path[0] === "crate") return path.slice(1);
  if (path[0] === "self") return [...module, ...path.slice(1)];
  let up = 0;
  while (path[up] === "super") up += 1;
  return up > 0 && up <= module.length ? [...module.slice(0, module.length - up), ...path.slice(up)] : undefined;
}

function ownerOf(sources: ReadonlyMap<string, Source>, path: string[] | undefined, steps = 0): { source: Source; name: string } | undefined {
  for (let length = path?.length ?? -1; length >= 0; length -= 1) {
    const source = sources.get((path ?? []).slice(0, length).join("::"));
    if (source === undefined) continue;
    const name = path?.[length] ?? "*";
    const onward = steps < 5 ? source.handsOn.get(name) : undefined;
    // Within a `mod.rs` a path may begin with the name of a child.
    const handed = onward && (absolute(source.module, onward) ?? [...source.module, ...onward]);
    return (handed && ownerOf(sources, handed, steps + 1)) ?? { source, name };
  }
  return undefined;
}

/** Whether one holds the other. */
function isFamily(one: readonly string[], other: readonly string[]): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short.every((part, index) => part === long[index]);
}
