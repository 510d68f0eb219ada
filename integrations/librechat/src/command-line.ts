#!/usr/bin/env node
// `npx @tokentill/librechat <command>`.
import { backfillCommand, backfillHelp, type Terminal } from "./backfill/command.ts";

const help = `Usage: tokentill-librechat <command>

  backfill    LibreChat's history into the ledger (backfill --help)
`;

const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  environment: process.env,
  signal: ending.signal,
};

const [command, ...args] = process.argv.slice(2);
try {
  if (command === "backfill") {
    process.exitCode = await backfillCommand(args, terminal);
  } else {
    terminal.error(command === undefined || command === "--help" ? help : `\`${command}\` is no command.\n\n${help}`);
    process.exitCode = command === "--help" ? 0 : 2;
  }
} catch (error) {
  terminal.error(`tokentill: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof TypeError && command === "backfill") terminal.error(`\n${backfillHelp}`);
  process.exitCode = 2;
}
