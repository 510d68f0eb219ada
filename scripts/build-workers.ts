// Builds the Workers to Wasm, each only when something it is made of has changed.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { installWasmTools } from "./install-tools.ts";
import { root, workerDirectory, workerNames } from "./repository.ts";
import { runCommand, runScript, step } from "./steps.ts";

/** What every Worker is made of. */
const commonSources = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "crates", "pricing", "contracts", "scripts/install-tools.ts"];
const ignoredDirectories = new Set(["target", "build", "node_modules", "tests", "benches"]);

const workers = workerNames.map((name) => ({ name: name as string, directory: workerDirectory(name) }));

/** Builds every Worker that is not up to date. */
export function buildWorkers(): Promise<void> {
  return buildWasm(workers);
}

/** Builds the Worker that runs shared cases in workerd; tests alone need it. */
export function buildRuntimeCases(): Promise<void> {
  return buildWasm([{ name: "runtime-cases", directory: join(root, "tests", "runtime-cases") }]);
}

async function buildWasm(crates: readonly { name: string; directory: string }[]): Promise<void> {
  const common = digestOf(commonSources.map((path) => join(root, path)));
  const stale = crates
    .map((worker) => ({ ...worker, digest: digestOf([join(worker.directory, "src"), join(worker.directory, "Cargo.toml")], common) }))
    .filter((worker) => !isBuilt(worker.directory, worker.digest));
  if (stale.length === 0) return;
  const tools = await installWasmTools();
  for (const { name, directory, digest } of stale) {
    await step(`Building ${name} to Wasm`, async () => {
      await runCommand(tools.workerBuild, ["--release", directory], {
        title: `Building ${name}`,
        remedy: "mend the error that the compiler names above, then run this again.",
        env: tools.env,
      });
      const wasm = join(directory, "build", "index_bg.wasm");
      writeFileSync(wasm, withoutNames(readFileSync(wasm)));
      writeFileSync(stampOf(directory), digest);
      console.log(`    ${name}: ${Math.round(wasmSizeGzipped(directory) / 1000)} kB gzipped`);
    });
  }
}

/** A module without its custom section `name`: worker-build keeps the functions' names, a tenth of what is sent. */
export function withoutNames(module: Uint8Array): Uint8Array {
  const unsigned = (at: number): { value: number; next: number } => {
    let value = 0;
    for (let shift = 0, next = at; ; shift += 7, next += 1) {
      const byte = module[next] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return { value, next: next + 1 };
    }
  };
  const kept = [module.subarray(0, 8)];
  for (let start = 8; start < module.length; ) {
    const size = unsigned(start + 1);
    const end = size.next + size.value;
    const nameLength = unsigned(size.next);
    const name = new TextDecoder().decode(module.subarray(nameLength.next, nameLength.next + nameLength.value));
    if (module[start] !== 0 || name !== "name") kept.push(module.subarray(start, end));
    start = end;
  }
  return Buffer.concat(kept);
}

/** The size of a crate's built Wasm, as Cloudflare counts it. */
export function wasmSizeGzipped(directory: string): number {
  return gzipSync(readFileSync(join(directory, "build", "index_bg.wasm"))).length;
}

function stampOf(directory: string): string {
  return join(directory, "build", ".sources");
}

function isBuilt(directory: string, digest: string): boolean {
  return existsSync(join(directory, "build", "index_bg.wasm"))
    && existsSync(stampOf(directory))
    && readFileSync(stampOf(directory), "utf8") === digest;
}

/** A digest of files and folders, by name and content. */
export function digestOf(paths: readonly string[], seed = ""): string {
  const hash = createHash("sha256").update(seed);
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

if (import.meta.main) await runScript(buildWorkers);
