// The package as npm gets it: both kinds of module, their types, what it weighs and what it needs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { before, test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { parse } from "yaml";
import { buildPackage } from "../tools/build.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let dist: string;
before(async () => {
  dist = await buildPackage();
});

const packageRoot = join(import.meta.dirname, "..");
const repository = join(packageRoot, "..", "..");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

/** A program that has the package installed. */
function consumer(context: TestContext): string {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, "node_modules", "@tokentill"), { recursive: true });
  symlinkSync(packageRoot, join(folder, "node_modules", "@tokentill", "librechat"));
  mkdirSync(join(folder, "node_modules", "@types"));
  symlinkSync(join(repository, "node_modules", "@types", "node"), join(folder, "node_modules", "@types", "node"));
  return folder;
}

test("import and require give the same names, in processes of their own", (context) => {
  const folder = consumer(context);
  const imported = execFileSync(process.execPath, ["--input-type=module", "-e", "import * as all from '@tokentill/librechat'; console.log(Object.keys(all).sort().join())"], { cwd: folder, encoding: "utf8" });
  const required = execFileSync(process.execPath, ["--input-type=commonjs", "-e", "console.log(Object.keys(require('@tokentill/librechat')).sort().join())"], { cwd: folder, encoding: "utf8" });
  assert.match(imported, /TokentillClient/);
  assert.equal(imported, required);
});

test("a typed program of either kind compiles, and one that is wrong does not", (context) => {
  const folder = consumer(context);
  const good = `import { TokentillClient } from "@tokentill/librechat";
const client = new TokentillClient({ url: "https://costs.example.com", key: "a:b" });
const id: string | undefined = client.track({ type: "chat", user_id: "ada", model_name: "gpt-5-mini", usage: { input: 1 } });
export const told = [id, client.state().delivered.accepted, client.endSession({ session_id: "s", user_id: "ada" })];
`;
  writeFileSync(join(folder, "good.mts"), good);
  writeFileSync(join(folder, "good.cts"), good);
  writeFileSync(join(folder, "wrong.mts"), good.replace("user_id: \"ada\", model_name", "userId: \"ada\", model_name"));
  const check = (file: string): string => {
    try {
      return execFileSync(process.execPath, [tsc, "--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--types", "node", file], { cwd: folder, encoding: "utf8" });
    } catch (error) {
      return String((error as { stdout: string }).stdout);
    }
  };
  assert.equal(check("good.mts"), "");
  assert.equal(check("good.cts"), "");
  assert.match(check("wrong.mts"), /user_id|userId/);
});

test("what it weighs and needs is what the README says", () => {
  const entry = readFileSync(join(dist, "cjs", "index.js"));
  assert.ok(gzipSync(entry).length < 20_000, `${gzipSync(entry).length} bytes gzipped`);
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).map((name) => statSync(join(dist, name))).filter((stat) => stat.isFile());
  assert.ok(files.reduce((sum, { size }) => sum + size, 0) < 400_000);
});

test("the fields of an event are those of the contract", () => {
  const contract = parse(readFileSync(join(repository, "contracts", "tracking-api.yaml"), "utf8")) as { components: { schemas: Record<string, { properties: Record<string, { enum?: string[] }>; enum?: string[] }> } };
  const source = readFileSync(join(packageRoot, "src", "client", "event.ts"), "utf8");
  const fieldsOf = (name: string): string[] => {
    const body = new RegExp(`export interface ${name} \\{\\n([^}]*)\\n\\}`).exec(source)![1]!;
    return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field!).toSorted();
  };
  const { schemas } = contract.components;
  for (const name of ["Interaction", "SessionMark", "Units", "DeclaredCost"]) assert.deepEqual(fieldsOf(name), Object.keys(schemas[name]!.properties).toSorted(), name);
  const conventions = /type UsageConvention =([^;]*);/.exec(source)![1]!.match(/[a-z-]{2,}/g)!.toSorted();
  assert.deepEqual(conventions, schemas["UsageConvention"]!.enum!.toSorted());
});
