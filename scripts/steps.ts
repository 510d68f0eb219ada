// Steps that show progress, and failures that say what failed and what to do.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { advance, cargoFraction, wholePercent } from "./progress.ts";
import { devDirectory, root } from "./repository.ts";

/** A failure with its remedy. */
export class StepError extends Error {
  readonly remedy: string;
  /** All that a failed command printed; its message has only the end of it. */
  readonly output: string;
  constructor(message: string, remedy: string, output = "") {
    super(message);
    this.remedy = remedy;
    this.output = output;
  }
}

export interface CommandOptions {
  /** What the user reads while it runs. */
  title: string;
  /** What the user can do when it fails. */
  remedy: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Prints everything as it comes, instead of keeping it for a failure. */
  verbose?: boolean;
}

const heartbeatMs = 10_000;
const runningChildren = new Set<number>();

/** Ends the commands that still run, each with the group it leads. */
export function endRunningCommands(): void {
  for (const pid of runningChildren) {
    try {
      process.kill(-pid, "SIGTERM");
    } catch {
      // It has just ended by itself.
    }
  }
}

/**
 * Runs a command, shows that it is alive every ten seconds with its last line, keeps its output in
 * `.dev/logs`, and answers with that output.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const started = Date.now();
  let output = "";
  let lastLine = "";
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (child.pid !== undefined) runningChildren.add(child.pid);
  const collect = (chunk: Buffer): void => {
    const text = chunk.toString();
    output += text;
    if (options.verbose === true) process.stdout.write(text);
    // cargo draws its bar over and over in one line.
    lastLine = text.trim().split(/[\r\n]/).at(-1)?.trim() || lastLine;
    advance(options.title, cargoFraction(lastLine) ?? 0);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const heartbeat = setInterval(() => {
    if (options.verbose !== true) {
      const whole = wholePercent();
      console.log(`    … ${options.title}: ${seconds(Date.now() - started)}${whole === undefined ? "" : `, the whole ${whole} %`}, ${lastLine.slice(0, 90)}`);
    }
  }, heartbeatMs);
  const code = await new Promise<number>((resolve) => {
    child.on("error", (error) => {
      output += `${error.message}\n`;
      resolve(127);
    });
    child.on("close", (status) => resolve(status ?? 1));
  });
  clearInterval(heartbeat);
  advance(options.title, 1);
  if (child.pid !== undefined) runningChildren.delete(child.pid);

  const log = join(devDirectory, "logs", `${options.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.log`);
  mkdirSync(join(devDirectory, "logs"), { recursive: true });
  writeFileSync(log, output, { mode: 0o600 });
  if (code !== 0) {
    const tail = options.verbose === true ? "" : `${output.trimEnd().split("\n").slice(-40).join("\n")}\n`;
    throw new StepError(
      `${tail}${options.title} failed: '${command} ${args.join(" ")}' ended with ${code} (all of its output: ${log}).`,
      options.remedy,
      output,
    );
  }
  return output;
}

export function seconds(durationMs: number): string {
  return durationMs < 10_000 ? `${(durationMs / 1000).toFixed(1)} s` : `${Math.round(durationMs / 1000)} s`;
}

/** Announces a step, runs it, and says how long it took. */
export async function step<T>(title: string, work: () => Promise<T> | T): Promise<T> {
  const started = Date.now();
  console.log(`• ${title}`);
  const result = await work();
  advance(title, 1);
  const duration = Date.now() - started;
  if (duration >= 1000) console.log(`    done in ${seconds(duration)}`);
  return result;
}

/** Runs a script's main function; a failure is printed with its remedy and ends it with 1. */
export async function runScript(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    endRunningCommands();
    if (error instanceof StepError) {
      console.error(`\n✗ ${error.message}\n  What to do: ${error.remedy}`);
    } else {
      console.error("\n✗", error);
    }
    process.exit(1);
  }
}
