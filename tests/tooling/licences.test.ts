// What comes in from crates.io and npm, without the network: licences, sources and whole hashes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/repository.ts";

const allowed = new Set([.../"([^"]+)"/g[Symbol.matchAll](/^allow = \[(.*)\]$/m.exec(readFileSync(join(root, "deny.toml"), "utf8"))![1]!)].map(([, name]) => name!));
/** npm packages that run here and are not part of what is served; their licences ask nothing of a user. */
const allowedForTools = new Set([...allowed, "MPL-2.0", "LGPL-3.0-or-later", "CC0-1.0", "Python-2.0", "BlueOak-1.0.0"]);

/** What the file LICENSE says where package.json says nothing, or not enough. */
const inItsFile: Record<string, string> = {
  "node_modules/@react-aria/optimize-locales-plugin": "Apache-2.0",
  "node_modules/decko": "MIT",
  "node_modules/stickyfill": "MIT",
  "node_modules/url-template": "BSD-3-Clause",
};

/** An SPDX expression of names, AND and OR (and the older `/`). */
function isAllowed(expression: string, names: ReadonlySet<string>): boolean {
  const plain = expression.replaceAll("/", " OR ").replaceAll(/\band\b/g, "AND");
  const either = splitOutside(plain, " OR ");
  if (either.length > 1) return either.some((part) => isAllowed(part, names));
  const all = splitOutside(plain, " AND ");
  if (all.length > 1) return all.every((part) => isAllowed(part, names));
  const inner = /^\((.*)\)$/.exec(plain.trim())?.[1];
  return inner === undefined ? names.has(plain.trim()) : isAllowed(inner, names);
}

/** The parts between a word that stands outside of brackets. */
function splitOutside(text: string, word: string): string[] {
  const parts = [""];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0 && text.startsWith(word, at)) {
      parts.push("");
      at += word.length - 1;
    } else {
      parts[parts.length - 1] += text[at]!;
    }
  }
  return parts;
}

test("licences are read as they are meant", () => {
  const names = new Set(["MIT", "ISC"]);
  assert.ok(["MIT", "MIT/GPL-3.0", "GPL-3.0 OR MIT", "MIT AND ISC", "(GPL-3.0 OR MIT) AND ISC", "MIT and ISC"].every((text) => isAllowed(text, names)));
  assert.ok(["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", ""].every((text) => !isAllowed(text, names)));
});

for (const manifest of ["Cargo.toml", "scripts/bind-wasm/Cargo.toml"]) {
  test(`every crate of ${manifest} comes from crates.io under a licence of deny.toml`, () => {
    const { status, stdout, stderr } = spawnSync("cargo", ["metadata", "--format-version", "1", "--locked", "--manifest-path", join(root, manifest)], { encoding: "utf8", maxBuffer: 100_000_000 });
    assert.equal(status, 0, stderr);
    const { packages } = JSON.parse(stdout) as { packages: { name: string; license: string | null; source: string | null }[] };
    const foreign = packages.filter(({ source }) => source !== null);
    assert.ok(foreign.length > 20);
    assert.deepEqual(foreign.filter(({ source }) => source !== "registry+https://github.com/rust-lang/crates.io-index").map(({ name }) => name), []);
    assert.deepEqual(foreign.filter(({ license }) => !isAllowed(license ?? "", allowed)).map(({ name, license }) => `${name}: ${license}`), []);
  });
}

test("every npm package has its hash and a licence that asks nothing of a user", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: Record<string, { license?: string; integrity?: string; link?: boolean }> };
  const foreign = Object.entries(packages).filter(([path, { link }]) => path.startsWith("node_modules/") && link !== true);
  assert.ok(foreign.length > 200);
  assert.deepEqual(foreign.filter(([, { integrity }]) => integrity?.startsWith("sha512-") !== true).map(([path]) => path), []);
  assert.deepEqual(foreign.filter(([path, { license }]) => !isAllowed(inItsFile[path] ?? license ?? "", allowedForTools)).map(([path, { license }]) => `${path}: ${license}`), []);
});
