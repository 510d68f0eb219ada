// The Rust side of the toolchain: checks what must be there and installs what can be installed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, toolDirectory } from "./repository.ts";
import { digestOf } from "./source-digest.ts";
import { runCommand, step, StepError } from "./steps.ts";

const wasmTarget = "wasm32-unknown-unknown";

export interface WasmTools {
  bindWasm: string;
  wasmOpt: string;
}

/** Installs what is missing. */
export async function installWasmTools(): Promise<WasmTools> {
  return { bindWasm: await installBindWasm(), wasmOpt: join(root, "node_modules", "binaryen", "bin", "wasm-opt") };
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
  await installWasmTarget();
  for (const component of ["rustfmt", "clippy"]) await installComponent(component);
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

/** What compiling a Worker needs of Rust itself. */
export async function installWasmTarget(): Promise<void> {
  checkRust();
  const libraries = spawnSync("rustc", ["--print", "target-libdir", "--target", wasmTarget], { encoding: "utf8", cwd: root });
  if (libraries.status === 0 && existsSync(libraries.stdout.trim())) return;
  await step("Installing Rust's Wasm target", () =>
    runCommand("rustup", ["target", "add", wasmTarget], {
      title: "Wasm target",
      remedy: `check the network, or install the target ${wasmTarget} for your Rust by hand.`,
    }),
  );
}

/** Compiled once for a machine and a version of itself. */
async function installBindWasm(): Promise<string> {
  const source = join(root, "scripts", "bind-wasm");
  checkSameWasmBindgen(source);
  const directory = toolDirectory("bind-wasm", digestOf([source]).slice(0, 16));
  const path = join(directory, "bind-wasm");
  if (existsSync(path)) return path;
  // In a neighbour first, so that an interrupted compilation is never taken for a whole one.
  const unfinished = `${directory}.unfinished-${process.pid}`;
  try {
    await runCommand("cargo", ["build", "--release", "--locked", "--manifest-path", join(source, "Cargo.toml"), "--target-dir", unfinished], {
      title: "Compiling bind-wasm",
      remedy: "check the network and the space on the disk, then run this again.",
      env: { ...process.env, CARGO_TERM_PROGRESS_WHEN: "always", CARGO_TERM_PROGRESS_WIDTH: "80" },
    });
    mkdirSync(directory, { recursive: true });
    renameSync(join(unfinished, "release", "bind-wasm"), path);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return path;
}

/** What the Workers' wasm-bindgen writes into the Wasm, only the same version reads. */
function checkSameWasmBindgen(source: string): void {
  const locked = (directory: string, name: string): string | undefined =>
    new RegExp(`name = "${name}"\nversion = "([^"]+)"`).exec(readFileSync(join(directory, "Cargo.lock"), "utf8"))?.[1];
  const [workers, tool] = [locked(root, "wasm-bindgen"), locked(source, "wasm-bindgen-cli-support")];
  if (workers !== tool) {
    throw new StepError(`The Workers use wasm-bindgen ${workers}, bind-wasm reads that of ${tool}.`, "set both to one version in Cargo.toml and scripts/bind-wasm/Cargo.toml.");
  }
}
