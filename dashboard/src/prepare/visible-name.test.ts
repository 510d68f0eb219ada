import { expect, test } from "vitest";
import { hasHidden, mixesScripts, visibleName } from "./visible-name.ts";

const written = (code: number) => `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;

test("every character that nobody sees is written out by its code point", () => {
  const ranges = [[0x00, 0x08], [0x0e, 0x1f], [0x7f, 0x9f], [0xad, 0xad], [0x61c, 0x61c], [0x180e, 0x180e], [0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f], [0xfe00, 0xfe0f], [0xfeff, 0xfeff], [0xfff9, 0xfffb], [0x3164, 0x3164], [0x2800, 0x2800], [0xe0001, 0xe0001], [0xe0020, 0xe007f], [0xe0100, 0xe01ef]] as const;
  for (const [from, to] of ranges) {
    for (let code = from; code <= to; code += 1) {
      const name = `al${String.fromCodePoint(code)}ice`;
      expect([name, visibleName(name)]).toEqual([name, `al${written(code)}ice`]);
      expect(hasHidden(visibleName(name))).toBe(false);
    }
  }
  expect(visibleName("\u202Eecila")).toBe("‹U+202E›ecila");
  expect(visibleName("a\uD800b")).toBe("a‹U+D800›b");
});

test("what is seen stays as it is, in any script, and an emoji is no hidden character", () => {
  for (const name of ["alice", "Łódź", "مرحبا", "שלום", "名前", "नमस्ते", "ok ❤️ 👩‍💻 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣", "two\nlines\tand a tab"]) expect(visibleName(name)).toBe(name);
  // The same joiners and selectors where no emoji needs them.
  expect(visibleName("gpt-5\uFE0F a\u200Db")).toBe("gpt-5‹U+FE0F› a‹U+200D›b");
});

test("two names that differ look different, whatever hidden character sets them apart", () => {
  const names = ["gpt-5", "gpt-5\u200B", "gpt\u200B-5", "gpt-5\u2060", "\u2066gpt-5\u2069", "gpt-5\u{E0041}"];
  expect(new Set(names.map(visibleName)).size).toBe(names.length);
});

test("a word that mixes Latin with letters that look like it is told; whole words of two scripts are not", () => {
  expect(["gpt-5о", "раypal", "Αlice", "clаude-opus-5"].map(mixesScripts)).toEqual([true, true, true, true]);
  expect(["gpt-5o", "Алиса", "OpenAI модель", "αβγ", "名前 alice", "µs", ""].map(mixesScripts)).toEqual(Array(7).fill(false));
});
