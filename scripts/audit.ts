// `make audit`: what is known against the packages that this is made of, as far as its data can be had from
// here; what could not be looked at is said. It fails where something was found, not where nothing could be asked.
import { spawnSync } from "node:child_process";
import { root } from "./repository.ts";
import { runScript, StepError } from "./steps.ts";

interface Answer {
  isClean: boolean;
  /** Why nothing could be asked; then `isClean` says nothing. */
  notAsked?: string;
  text: string;
}

const audits: readonly { name: string; ask: () => Answer }[] = [
  { name: "licences, sources and bans of crates (deny.toml)", ask: () => cargoDeny(["bans", "licenses", "sources"]) },
  { name: "advisories on crates (RustSec)", ask: () => cargoDeny(["advisories"]) },
  { name: "advisories on npm packages", ask: npmAudit },
];

/** What both tools say where the network or its data is away. */
const isUnreachable = /failed to fetch|could not resolve|timed? ?out|network|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|40[345] |50[234] |audit endpoint returned an error/i;

await runScript(async () => {
  const found: string[] = [];
  for (const { name, ask } of audits) {
    const { isClean, notAsked, text } = ask();
    if (notAsked !== undefined) console.log(`- ${name}: not looked at: ${notAsked}`);
    else console.log(`${isClean ? "✓" : "✗"} ${name}${isClean ? "" : `\n${text}`}`);
    if (notAsked === undefined && !isClean) found.push(name);
  }
  if (found.length > 0) throw new StepError(`Found: ${found.join("; ")}.`, "update what is named, or say in deny.toml why it may stay.");
});

function cargoDeny(checks: readonly string[]): Answer {
  if (spawnSync("cargo", ["deny", "--version"], { cwd: root }).status !== 0) {
    return { isClean: false, notAsked: "cargo-deny is not there ('cargo install cargo-deny --locked' gets it)", text: "" };
  }
  const { status, stdout, stderr } = spawnSync("cargo", ["deny", "--all-features", "check", ...checks], { cwd: root, encoding: "utf8" });
  const text = `${stdout}${stderr}`.trim();
  if (status !== 0 && isUnreachable.test(text)) return { isClean: false, notAsked: lastLine(text), text };
  return { isClean: status === 0, text };
}

function npmAudit(): Answer {
  const { status, stdout, stderr } = spawnSync("npm", ["audit", "--package-lock-only", "--fetch-retries=0"], { cwd: root, encoding: "utf8" });
  const text = `${stdout}${stderr}`.trim();
  if (status !== 0 && isUnreachable.test(text)) return { isClean: false, notAsked: lastLine(text), text };
  return { isClean: status === 0, text };
}

function lastLine(text: string): string {
  return text.split("\n").find((line) => isUnreachable.test(line))?.trim() ?? "";
}
