import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/repository.ts";
import { addImport, circlesOf, foldersOf, type ImportGraph } from "./imports/circles.ts";
import { rustImports } from "./imports/rust-imports.ts";
import { typeScriptImports } from "./imports/typescript-imports.ts";

const crates = ["crates", "workers"].flatMap((folder) =>
  readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name)),
);

/** The first folder below `base`; a file that lies in none is left out. */
const folderBelow = (base: string) => (file: string): string | undefined => {
  const [folder, ...rest] = file.startsWith(`${base}/`) ? file.slice(base.length + 1).split("/") : [];
  return rest.length > 0 ? folder : undefined;
};

for (const crate of crates) {
  test(`no files of ${crate} import each other in a circle`, () => {
    assert.deepEqual(circlesOf(rustImports(crate, root)), []);
  });
}

test("no folders of the questions import each other in a circle", () => {
  const graph = rustImports("crates/ledger-query", root);
  assert.deepEqual(circlesOf(foldersOf(graph, folderBelow("crates/ledger-query/src"))), []);
});

test("no files of the scripts and tests import each other in a circle", () => {
  assert.deepEqual(circlesOf(typeScriptImports(["scripts", "tests"], root)), []);
});

test("no files of the package for LibreChat import each other in a circle", () => {
  assert.deepEqual(circlesOf(typeScriptImports(["integrations/librechat/src"], root)), []);
});

test("no files and no folders of the dashboard import each other in a circle", () => {
  const graph = typeScriptImports(["dashboard/src"], root);
  assert.deepEqual(circlesOf(graph), []);
  assert.deepEqual(circlesOf(foldersOf(graph, folderBelow("dashboard/src"))), []);
});

test("a circle is told with the names that tie it", () => {
  const graph: ImportGraph = new Map();
  for (const [from, to, name] of [["a", "b", "One"], ["b", "c", "Two"], ["c", "a", "Three"], ["d", "a", "Four"]] as const) addImport(graph, from, to, name);
  assert.deepEqual(circlesOf(graph), ["a → b: One\nb → c: Two\nc → a: Three"]);
});
