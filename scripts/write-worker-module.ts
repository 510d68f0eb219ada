// Makes of compiled Wasm what workerd runs: `index_bg.wasm` and the one JavaScript file that loads it.
// It does what `worker-build` 0.8.7 does for a Worker without Durable Objects, without that program
// and `wasm-bindgen`'s, which take longer to compile than the Workers.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type { WasmTools } from "./install-tools.ts";
import { runCommand } from "./steps.ts";

/** What workerd may call. */
const knownHandlers = ["fetch", "scheduled", "queue"];

/** What rustc uses by itself, SIMD, and the exceptions that wasm-bindgen catches: named one by one, so that a
 * new wasm-opt never writes an encoding that workerd does not read yet. */
const wasmFeatures = ["mutable-globals", "sign-ext", "nontrapping-float-to-int", "bulk-memory", "multivalue", "reference-types", "exception-handling", "simd"];

export interface WorkerModule {
  /** The Wasm file as cargo left it. */
  compiled: string;
  /** Where the module goes; what was there is replaced as a whole. */
  directory: string;
  isOptimized: boolean;
  tools: WasmTools;
}

export async function writeWorkerModule({ compiled, directory, isOptimized, tools }: WorkerModule): Promise<void> {
  mkdirSync(dirname(directory), { recursive: true });
  const unfinished = mkdtempSync(`${directory}.unfinished-`);
  try {
    const remedy = "remove the folder 'target', then run this again.";
    await runCommand(tools.bindWasm, [compiled, unfinished], { title: "Binding Wasm", remedy });
    const wasm = join(unfinished, "index_bg.wasm");
    if (isOptimized) {
      await runCommand(tools.wasmOpt, [wasm, "-o", wasm, "-O", ...wasmFeatures.map((feature) => `--enable-${feature}`)], { title: "Optimizing Wasm", remedy });
    }
    await bundle(unfinished);
    rmSync(directory, { recursive: true, force: true });
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function bundle(directory: string): Promise<void> {
  const index = join(directory, "index.js");
  const shim = join(directory, "shim.js");
  const bindings = readFileSync(index, "utf8");
  writeFileSync(index, bindings.replace("import source ", "import "));
  writeFileSync(shim, workerShim(knownHandlers.filter((name) => bindings.includes(`export function ${name}(`))));
  await build({
    absWorkingDir: directory,
    entryPoints: ["./shim.js"],
    outfile: "index.js",
    allowOverwrite: true,
    bundle: true,
    minify: true,
    format: "esm",
    external: ["./index_bg.wasm", "cloudflare:*"],
    logLevel: "warning",
  });
  rmSync(shim);
  rmSync(join(directory, "snippets"), { recursive: true, force: true });
}

/** The Worker's entry. After a panic the module's memory is worth nothing: the next call gets a new one. */
export function workerShim(handlers: readonly string[]): string {
  return `import { WorkerEntrypoint } from "cloudflare:workers";
import * as wasm from "./index.js";

Error.stackTraceLimit = 100;
const state = wasm.__worker_init_state();

function note(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  console.error("Critical", error);
  state.criticalError = true;
}
addEventListener("error", (event) => note(event.error));

function guarded(handle) {
  if (state.criticalError) {
    console.log("Reinitializing Wasm application");
    wasm.__wbg_reset_state();
    state.criticalError = false;
    state.instanceId += 1;
  }
  try {
    return handle();
  } catch (error) {
    note(error);
    throw error;
  }
}

export default class extends WorkerEntrypoint {
${handlers.map((name) => `  ${name}(argument) {\n    return guarded(() => wasm.${name}(argument, this.env, this.ctx));\n  }\n`).join("")}}
`;
}
