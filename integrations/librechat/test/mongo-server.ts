// A server that speaks MongoDB's protocol, from a Python package: for tests alone (it is GPL, and no part of
// what is shipped). It is installed once for a machine; where that can't be, tests that need it say so and
// are skipped.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { toolDirectory } from "../../../scripts/repository.ts";

const version = "0.7.0b3";

export interface MongoServer {
  url: string;
  stop(): void;
}

/** The server, or why there is none. */
export async function startMongo(storage = ":memory:"): Promise<MongoServer | string> {
  const program = installedProgram();
  if (program === undefined) return `secantusdb ${version} can't be installed by pip here`;
  const port = await freePort();
  const child = spawn(program, ["--port", String(port), "--storage-path", storage], { stdio: "ignore" });
  const isUp = await waitForPort(child, port, 30_000);
  if (!isUp) {
    child.kill("SIGKILL");
    return "the server did not start";
  }
  return { url: `mongodb://127.0.0.1:${port}`, stop: () => void child.kill("SIGTERM") };
}

function installedProgram(): string | undefined {
  const directory = toolDirectory("secantusdb", version);
  const program = join(directory, "bin", "secantusd-py");
  if (existsSync(join(directory, "whole"))) return program;
  // Scripts of a virtual environment hold its path, so it is made in its place; `whole` says that it is.
  rmSync(directory, { recursive: true, force: true });
  const run = (line: readonly string[]): boolean => spawnSync(line[0]!, line.slice(1), { stdio: "ignore" }).status === 0;
  const isWhole =
    run(["python3", "-m", "venv", directory]) &&
    run([join(directory, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", `secantusdb==${version}`]) &&
    run([join(directory, "bin", "python"), "-c", `open(${JSON.stringify(join(directory, "unfinished"))}, "w").close()`]);
  if (!isWhole) return undefined;
  renameSync(join(directory, "unfinished"), join(directory, "whole"));
  return program;
}

async function waitForPort(child: ChildProcess, port: number, timeoutMs: number): Promise<boolean> {
  const untilMs = Date.now() + timeoutMs;
  while (Date.now() < untilMs && child.exitCode === null) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => (resolve(true), socket.destroy())).once("error", () => resolve(false));
      // A busy loop may see its own time-out before the connection.
      socket.once("close", () => resolve(false)).setTimeout(1_000, () => socket.destroy());
    });
    if (isOpen) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
