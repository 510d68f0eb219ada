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

/** Spreadsheets run a cell that begins with one of these; plain numbers are left alone. */
function isRisky(text: string): boolean {
  return /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  const text = typeof value === "string" && isRisky(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The table as CSV with its head as lines that begin with `#`. */
export function csv({ about, columns, rows }: TableFile): string {
  const head = Object.entries(about).map(([name, value]) => `# ${name}: ${value.replaceAll(/[\r\n]+/g, " ")}`);
  return [...head, columns.map(cell).join(","), ...rows.map((row) => row.map(cell).join(","))].join("\r\n") + "\r\n";
}

/** The table as JSON: what it is about, and one object a row. */
export function json({ about, columns, rows }: TableFile): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
  return `${JSON.stringify({ about, rows: objects }, null, 2)}\n`;
}
