// The imports between the TypeScript files under some folders. Types count as well: a loop of types is as hard to read
// as any other. The dashboard's unit tests are left out, as those of the crates are.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { addImport, type ImportGraph } from "./circles.ts";

const imports = /^(?:import|export)\s(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm;

export function typeScriptImports(folders: readonly string[], root: string): ImportGraph {
  const graph: ImportGraph = new Map();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      const file = join(root, folder, entry);
      if (!/\.tsx?$/.test(entry) || /^dashboard.*\.test\.tsx?$/.test(join(folder, entry)) || entry.includes("node_modules") || !statSync(file).isFile()) continue;
      for (const [, before, within] of readFileSync(file, "utf8").matchAll(imports)) {
        const fileName = before ?? within ?? "";
        const imported = fileName.startsWith(".") ? fileAt(join(dirname(file), fileName)) : undefined;
        if (imported !== undefined) addImport(graph, relative(root, file), relative(root, imported), fileName);
      }
    }
  }
  return graph;
}

function fileAt(path: string): string | undefined {
  return [path, `${path}.ts`, `${path}.tsx`, join(path, "index.ts")].find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
}
