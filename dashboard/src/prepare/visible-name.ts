/** Names from outside as a reader can judge them: what can't be seen is written out, and look-alikes are told. */

/** What takes no room, steers the direction of text, or steers nothing at all; line ends and tabs are a text's own. */
const hidden = "[[\\p{Default_Ignorable_Code_Point}\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\u{2800}\\u{FFF9}-\\u{FFFB}]--[\\t\\n\\r]]";
const anyHidden = new RegExp(hidden, "v");
/** An emoji of several code points holds joiners and selectors that are seen as the emoji. */
const emojiOrHidden = new RegExp(`\\p{RGI_Emoji}|${hidden}`, "gv");

/** Whether a text holds characters that nobody sees. */
export function hasHidden(text: string): boolean {
  return anyHidden.test(text);
}

/** A text whose hidden characters stand as their code points: `‹U+202E›`. */
export function visibleName(text: string): string {
  if (!hasHidden(text)) return text;
  return text.replace(emojiOrHidden, (found) => (found.length <= 2 && hasHidden(found) && [...found].length === 1 ? codePoint(found) : found));
}

function codePoint(character: string): string {
  return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`;
}

/** The scripts whose letters are taken for Latin ones. */
const takenForLatin = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u;

/** Whether one word mixes Latin letters with those of a script that looks like it: `gpt-5о` with a Cyrillic о. */
export function mixesScripts(text: string): boolean {
  return takenForLatin.test(text) && text.split(/\s+/u).some((word) => takenForLatin.test(word) && /\p{Script=Latin}/u.test(word));
}
