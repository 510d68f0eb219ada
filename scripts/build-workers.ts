// Builds the Workers to Wasm, each only when something it is made of has changed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { installWasmTarget, installWasmTools, type WasmTools } from "./install-tools.ts";
import { root, workerDirectory, workerNames } from "./repository.ts";
import { digestOf } from "./source-digest.ts";
import { runCommand, runScript, step, StepError } from "./steps.ts";
import { writeWorkerModule } from "./write-worker-module.ts";

/** `release` is what is deployed and measured; `quick` is compiled in a fifth of the time and does the same. */
export type Profile = "quick" | "release";

interface WorkerCrate {
  name: string;
  directory: string;
}

const workers: readonly WorkerCrate[] = workerNames.map((name) => ({ name, directory: workerDirectory(name) }));
/** Runs shared cases in workerd; tests alone need it. */
const runtimeCases: WorkerCrate = { name: "runtime-cases", directory: join(root, "tests", "runtime-cases") };

/** What Cloudflare takes of a Worker at most on its free plan is three times this. */
const gzippedBytesMax = 1_000_000;
/** A quick build is half as large again (tracker: 1,125 kB where 760 are deployed), so that this much of one keeps
 * to the bound too. */
const quickBytesMax = 1_400_000;

/** What decides over every Worker beside its own sources. */
const commonSources = [
  "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "scripts/build-workers.ts", "scripts/write-worker-module.ts",
  "scripts/bind-wasm/src", "scripts/bind-wasm/Cargo.lock",
];

/** Builds every Worker that is not up to date. */
export function buildWorkers(profile: Profile = "quick"): Promise<void> {
  return buildWasm(workers, profile);
}

/** Builds what the tests run in workerd. */
export function buildTestedWorkers(profile: Profile = "quick"): Promise<void> {
  return buildWasm([...workers, runtimeCases], profile);
}

async function buildWasm(crates: readonly WorkerCrate[], profile: Profile): Promise<void> {
  const stale = crates.filter((worker) => !isBuilt(worker, profile));
  if (stale.length === 0) return;
  const names = stale.map(({ name }) => name);
  await step(`Building ${names.join(", ")} to Wasm`, async () => {
    await installWasmTarget();
    // Neither waits for the other: what compiles last in the one leaves a core to the other.
    const [tools] = await Promise.all([installWasmTools(), compile(crates, profile)]);
    await Promise.all(stale.map((worker) => finish(worker, profile, tools)));
  });
}

/** In one call: what two of them are made of is compiled once. */
async function compile(crates: readonly WorkerCrate[], profile: Profile): Promise<void> {
  const packages = crates.flatMap(({ name }) => ["-p", name]);
  await runCommand("cargo", ["build", "--locked", "--lib", "--target", "wasm32-unknown-unknown", "--profile", profile, ...packages], {
    title: "Compiling the Workers",
    remedy: "mend the error that the compiler names above, then run this again.",
    env: {
      ...process.env,
      // What `worker` 0.8.7 is made for: futures of js-sys in place of wasm-bindgen-futures.
      WASM_BINDGEN_USE_JS_SYS: "1",
      // Bodies are skipped 16 bytes at a time. Panics name files: as of this project, not of the machine that
      // built it.
      CARGO_ENCODED_RUSTFLAGS: ["-Ctarget-feature=+simd128", `--remap-path-prefix=${root}=tokentill`, `--remap-path-prefix=${cargoHome()}=cargo`].join("\u001f"),
      CARGO_TERM_PROGRESS_WHEN: "always",
      CARGO_TERM_PROGRESS_WIDTH: "80",
    },
  });
}

async function finish(worker: WorkerCrate, profile: Profile, tools: WasmTools): Promise<void> {
  const compiled = join(targetDirectory(), "wasm32-unknown-unknown", profile, worker.name.replaceAll("-", "_"));
  const sources = sourcesOf(readFileSync(`${compiled}.d`, "utf8"));
  // Taken before the module is written: what changes meanwhile makes it stale.
  const stamp: Stamp = { profile, sources, digest: digestOfWorker(sources) };
  await writeWorkerModule({ compiled: `${compiled}.wasm`, directory: join(worker.directory, "build"), isOptimized: profile === "release", tools });
  writeFileSync(stampOf(worker), JSON.stringify(stamp));
  const size = wasmSizeGzipped(worker.directory);
  console.log(`    ${worker.name}: ${Math.round(size / 1000)} kB gzipped${profile === "release" ? "" : " (quick build)"}`);
  const bytesMax = profile === "release" ? gzippedBytesMax : quickBytesMax;
  if (worker !== runtimeCases && size > bytesMax) {
    throw new StepError(`${worker.name} is larger than ${bytesMax / 1000} kB.`, "see with 'cargo tree' what came in, and leave it out ('--release' builds what is deployed).");
  }
}

function cargoHome(): string {
  return process.env["CARGO_HOME"] ?? join(homedir(), ".cargo");
}

function targetDirectory(): string {
  return process.env["CARGO_TARGET_DIR"] ?? join(root, "target");
}

interface Stamp {
  profile: Profile;
  /** Every file of this checkout that the compiler read, and the manifests beside them. */
  sources: string[];
  digest: string;
}

/** The compiler's own list of what a crate is made of: `target: source source …`, spaces escaped. */
export function sourcesOf(depInfo: string): string[] {
  const line = depInfo.split("\n").find((candidate) => candidate.includes(": ")) ?? "";
  const read = line.slice(line.indexOf(": ") + 2).split(/(?<!\\) /).map((path) => path.replaceAll("\\ ", " ").trim());
  const own = read.filter((path) => path.startsWith(root) && !path.startsWith(targetDirectory())).map((path) => path.slice(root.length + 1));
  const packages = new Set(own.flatMap((path) => /^(.*)\/src\//.exec(path)?.[1] ?? []));
  return [...new Set([...own, ...[...packages].flatMap((path) => [`${path}/Cargo.toml`, `${path}/build.rs`])])].toSorted();
}

function digestOfWorker(sources: readonly string[]): string {
  return digestOf([...commonSources, ...sources].map((path) => join(root, path)));
}

function stampOf({ directory }: WorkerCrate): string {
  return join(directory, "build", ".sources.json");
}

/** A release build does where a quick one would. */
function isBuilt(worker: WorkerCrate, profile: Profile): boolean {
  if (!existsSync(stampOf(worker)) || !existsSync(join(worker.directory, "build", "index_bg.wasm"))) return false;
  const stamp = JSON.parse(readFileSync(stampOf(worker), "utf8")) as Stamp;
  return (stamp.profile === profile || stamp.profile === "release") && stamp.digest === digestOfWorker(stamp.sources);
}

/** The size of a crate's built Wasm, as Cloudflare counts it. */
export function wasmSizeGzipped(directory: string): number {
  return gzipSync(readFileSync(join(directory, "build", "index_bg.wasm"))).length;
}

if (import.meta.main) await runScript(() => buildWorkers(process.argv.includes("--release") ? "release" : "quick"));
