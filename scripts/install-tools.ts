// The Rust side of the toolchain: checks what must be there and installs what can be installed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, toolDirectory } from "./repository.ts";
import { runCommand, step, StepError } from "./steps.ts";

const wasmTarget = "wasm32-unknown-unknown";
const workerBuildVersion = "0.8.7";

/** Compiled once for a machine: twice as quick this way, and as quick when used. */
const quickRelease = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
};

/** Installs what is missing; answers with the environment that worker-build runs in. */
export async function installWasmTools(): Promise<{ workerBuild: string; env: NodeJS.ProcessEnv }> {
  await installRustParts();
  const workerBuild = await installCargoTool("worker-build", workerBuildVersion, "worker-build");
  const wasmBindgen = await installCargoTool("wasm-bindgen-cli", lockedWasmBindgen(), "wasm-bindgen");
  return {
    workerBuild,
    env: {
      ...process.env,
      // Without these three, worker-build would download them.
      WASM_BINDGEN_BIN: wasmBindgen,
      WASM_OPT_BIN: join(root, "node_modules", "binaryen", "bin", "wasm-opt"),
      ESBUILD_BIN: nativeEsbuild(),
    },
  };
}

function checkRust(): void {
  const version = spawnSync("cargo", ["--version"], { encoding: "utf8", cwd: root });
  if (version.status !== 0) {
    throw new StepError("cargo is missing.", "install Rust with rustup (https://rustup.rs), then run this again.");
  }
  const minimum = /^rust-version = "(\d+)\.(\d+)"/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"));
  const found = /cargo (\d+)\.(\d+)/.exec(version.stdout);
  const isOld = minimum !== null && found !== null && (Number(found[1]) < Number(minimum[1])
    || (found[1] === minimum[1] && Number(found[2]) < Number(minimum[2])));
  if (isOld) {
    throw new StepError(
      `Rust ${found[1]}.${found[2]} is older than the ${minimum[1]}.${minimum[2]} that this needs.`,
      "run 'rustup update stable', then run this again.",
    );
  }
}

/** What of Rust itself may be missing: rust-toolchain.toml names it, but rustup adds it only to a toolchain that it installs. */
export async function installRustParts(): Promise<void> {
  checkRust();
  for (const component of ["rustfmt", "clippy"]) await installComponent(component);
  await installWasmTarget();
}

async function installComponent(component: string): Promise<void> {
  const command = component === "rustfmt" ? "fmt" : component;
  if (spawnSync("cargo", [command, "--version"], { cwd: root }).status === 0) return;
  await step(`Installing ${component}`, () =>
    runCommand("rustup", ["component", "add", component], {
      title: component,
      remedy: `check the network, or install ${component} for your Rust by hand.`,
    }),
  );
}

async function installWasmTarget(): Promise<void> {
  const libraries = spawnSync("rustc", ["--print", "target-libdir", "--target", wasmTarget], { encoding: "utf8", cwd: root });
  if (libraries.status === 0 && existsSync(libraries.stdout.trim())) return;
  await step("Installing Rust's Wasm target", () =>
    runCommand("rustup", ["target", "add", wasmTarget], {
      title: "Wasm target",
      remedy: `check the network, or install the target ${wasmTarget} for your Rust by hand.`,
    }),
  );
}

async function installCargoTool(name: string, version: string, binary: string): Promise<string> {
  const directory = toolDirectory(name, version);
  const path = join(directory, "bin", binary);
  if (existsSync(path)) return path;
  await step(`Installing ${name} ${version} (once for this machine; 2 to 5 minutes)`, async () => {
    // Into a neighbour first, so that an interrupted install is never taken for a whole one.
    const unfinished = `${directory}.installing-${process.pid}`;
    mkdirSync(dirname(directory), { recursive: true });
    try {
      await runCommand("cargo", ["install", name, "--version", version, "--locked", "--root", unfinished], {
        title: name,
        remedy: "check the network and the space on the disk, then run this again.",
        env: { ...process.env, ...quickRelease },
      });
      if (!existsSync(path)) renameSync(unfinished, directory);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  });
  return path;
}

/** worker-build refuses a wasm-bindgen of another version than Cargo.lock's. */
function lockedWasmBindgen(): string {
  const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
  const version = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(lock)?.[1];
  if (version === undefined) {
    throw new StepError("Cargo.lock names no wasm-bindgen.", "restore Cargo.lock from git, then run this again.");
  }
  return version;
}

function nativeEsbuild(): string {
  const path = join(root, "node_modules", "@esbuild", `${process.platform}-${process.arch}`, "bin", "esbuild");
  if (!existsSync(path)) {
    throw new StepError(
      `npm installed no esbuild for ${process.platform}-${process.arch}.`,
      "remove node_modules and run this again.",
    );
  }
  return path;
}
