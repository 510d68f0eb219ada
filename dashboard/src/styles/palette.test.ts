import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contrast, type Deficiency, deltaE2000, dichromat, parseHex, type Rgb } from "./colour-science.ts";

const stylesheet = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const themes = ["light", "dark"] as const;
type Theme = (typeof themes)[number];

/** One token in one theme. */
function token(name: string, theme: Theme): Rgb {
  const found = new RegExp(`--color-${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(stylesheet);
  const hex = theme === "light" ? found?.[1] : found?.[2];
  if (hex === undefined) throw new Error(`tokens.css has no --color-${name}`);
  return parseHex(hex);
}

const series = ["series-1", "series-2", "series-3", "series-4", "series-5", "series-6"];
const pairs = series.flatMap((a, i) => series.slice(i + 1).map((b) => [a, b] as const));
/** The smallest distances that the palette search reached; a change may not fall below. */
const bars: Record<Theme, Record<Deficiency | "none", number>> = {
  light: { none: 27, protan: 16, deutan: 16, tritan: 16 },
  dark: { none: 24, protan: 14, deutan: 18, tritan: 12 },
};

describe.each(themes)("the %s palette", (theme) => {
  test.each(["none", "protan", "deutan", "tritan"] as const)("keeps its six series apart for a reader with deficiency: %s", (deficiency) => {
    const seen = (name: string) => (deficiency === "none" ? token(name, theme) : dichromat(token(name, theme), deficiency));
    const smallest = Math.min(...pairs.map(([a, b]) => deltaE2000(seen(a), seen(b))));
    expect(smallest).toBeGreaterThanOrEqual(bars[theme][deficiency]);
  });

  test.each([...series, "series-other", "series-none", "control-line"])("draws %s at three to one or more on a card", (name) => {
    expect(contrast(token(name, theme), token("card", theme))).toBeGreaterThanOrEqual(3);
  });

  test.each(["text", "muted", "faint", "accent", "up", "down", "warn", "danger", "good"])("prints %s at 4.5 to one or more on every surface it meets", (name) => {
    for (const surface of ["card", "page", "hover", "raised"]) {
      expect(contrast(token(name, theme), token(surface, theme)), `${name} on ${surface}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each([
    ["warn", "warn-surface"],
    ["danger", "danger-surface"],
    ["good", "good-surface"],
    ["text", "selected"],
    ["accent", "selected"],
    ["on-accent", "accent"],
  ])("prints %s on %s legibly", (text, surface) => {
    expect(contrast(token(text, theme), token(surface, theme))).toBeGreaterThanOrEqual(4.5);
  });

  test("darkens or lightens its heat steps in one direction only", () => {
    const steps = [1, 2, 3, 4, 5, 6, 7, 8].map((step) => contrast(token(`heat-${step}`, theme), token("card", theme)));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });
});

test("no colour literal stands outside tokens.css", () => {
  const source = new URL("..", import.meta.url).pathname;
  const literal = /#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=["';\s)])|\b(?:rgb|hsl|oklch)a?\(/;
  const offenders = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(tsx?|css)$/.test(file) && !file.endsWith("tokens.css") && !/\.test\.tsx?$/.test(file))
    .filter((file) => literal.test(readFileSync(join(source, file), "utf8")));
  expect(offenders).toEqual([]);
});
