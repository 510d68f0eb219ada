// Reads which tests failed from what the runners print, so that a summary can name them.
import { withoutColour } from "./test-counts.ts";

export interface FailingTest {
  name: string;
  /** What the test says first about its failure; empty where the runner's words have no such line. */
  message: string;
}

/** How each runner heads one failure, up to the lines that tell of it. */
const headings: readonly { line: RegExp; name: (match: RegExpExecArray) => string }[] = [
  // cargo test: "---- tests::adds_up stdout ----"
  { line: /^---- (\S+) stdout ----$/gm, name: ([, name = ""]) => name },
  // node --test: "test at tests/a.test.ts:2:1", then "✖ adds up (0.9ms)"
  { line: /^test at (\S+?)(?::\d+)?\n✖ (.+?)(?: \([\d.]+ms\))?$/gm, name: ([, place = "", name = ""]) => `${place} ${name}` },
  // vitest: " FAIL   browser (chromium)  src/a.test.tsx > sums > adds up"
  { line: /^ FAIL +(.+)$/gm, name: ([, name = ""]) => name.replace(/^.*? +(?=\S+\.test\.)/, "") },
  // playwright: "  1) e2e/a.spec.ts:9:1 › adds up ────"
  { line: /^ {2}\d+\) (.+?)[ ─]*$/gm, name: ([, name = ""]) => name.replace(/^\[\w+\] › /, "") },
];

/** Lines that only lead to what went wrong. */
const preamble = /^(?:$|-{2,}|thread '.*' (?:\(\d+\) )?panicked at |Test timeout of )/;
const lead = /^(?:Assertion)?Error(?: \[\w+\])?: /;

export function failingTests(output: string): FailingTest[] {
  const plain = withoutColour(output);
  const failures = new Map<string, FailingTest>();
  for (const { line, name } of headings) {
    for (const match of plain.matchAll(line)) {
      const failure = { name: name(match as RegExpExecArray), message: firstWords(plain.slice(match.index + match[0].length)) };
      if (!failures.has(failure.name)) failures.set(failure.name, failure);
    }
  }
  return [...failures.values()];
}

/** Lines that say what is compared and leave the values to the next one. */
const continued = /(?::| failed| \/\/ .*)$/;

/** The message's first line, with the next one where that has the values. */
function firstWords(rest: string): string {
  const lines = rest.slice(0, 8_000).split("\n").map((line) => line.trim());
  const isPanic = lines.slice(0, 40).findIndex((line) => /^thread '.*' (?:\(\d+\) )?panicked at /.test(line));
  const told = lines.slice(Math.max(0, isPanic)).filter((line) => !preamble.test(line));
  const [first = "", second = ""] = told;
  return (continued.test(first) ? `${first} ${second}` : first).replace(lead, "");
}

const mostNames = 10;
const mostName = 120;
const mostLine = 190;

const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** A line for each failing test of one check, and one for those beyond the tenth. */
export function failureLines(check: string, failures: readonly FailingTest[]): string[] {
  const lines = failures.slice(0, mostNames).map(({ name, message }) => shortened(`  ✗ ${check}: ${shortened(name, mostName)}${message === "" ? "" : `: ${message}`}`, mostLine));
  const rest = failures.length - lines.length;
  return rest > 0 ? [...lines, `  ✗ ${check}: ${rest} more`] : lines;
}
