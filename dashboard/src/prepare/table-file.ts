/** Files of what is on the screen: CSV that no spreadsheet runs as a formula, and JSON with the same cells. */

/** A table with what it is about. */
export type TableFile = {
  /** The file's name without its ending. */
  name: string;
  /** What the rows cover: filter, zone, moment, coverage. */
  about: Readonly<Record<string, string>>;
  columns: readonly string[];
  /** Amounts are decimal strings with every digit; null is unknown. */
  rows: readonly (readonly (string | number | null)[])[];
};

/** What can't be seen, and quotes: spreadsheets look past them. */
const passedOver = "(?:[^\\S\\t\\n\\r\\v\\f]|[\"\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\0-\\x08\\x0e-\\x1f\\x7f])*";
/** What a formula begins with, in full width and small forms too. */
const formulaStart = "[=+\\-@＝＋－＠﹦﹢﹣﹫]";
const leading = new RegExp(`^(?=[\\t\\n\\r]|${passedOver}${formulaStart})`, "u");
/** Behind whatever may end a cell, since a spreadsheet may split the file at another separator. */
const behindAnEnd = new RegExp(`([,;\\t\\n\\r\\v\\f])(?=${passedOver}${formulaStart})`, "gu");

/** A cell that no spreadsheet runs, as the server's exports write theirs; plain numbers are left alone. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  const plain = String(value);
  const text = /^-?\d+(\.\d+)?$/.test(plain) ? plain : plain.replace(behindAnEnd, "$1'").replace(leading, "'");
  return /[",;\t\r\n\v\f]|^\s/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The table as CSV with its head as lines whose one cell begins with `#`. */
export function csv({ about, columns, rows }: TableFile): string {
  const head = Object.entries(about).map(([name, value]) => cell(`# ${name}: ${value.replaceAll(/[\r\n]+/g, " ")}`));
  return [...head, columns.map(cell).join(","), ...rows.map((row) => row.map(cell).join(","))].join("\r\n") + "\r\n";
}

/** The table as JSON: what it is about, and one object a row. */
export function json({ about, columns, rows }: TableFile): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
  return `${JSON.stringify({ about, rows: objects }, null, 2)}\n`;
}
