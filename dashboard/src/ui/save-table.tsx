import { csv, json, type TableFile } from "../prepare/table-file.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

/** The two forms of such a file. */
export const fileForms = [
  { ending: "csv", name: "CSV", type: "text/csv", text: csv },
  { ending: "json", name: "JSON", type: "application/json", text: json },
] as const;

/** Saves a table in one of its forms, without the server. */
export function saveTable(file: TableFile, { ending, type, text }: (typeof fileForms)[number]): void {
  save(`${file.name}.${ending}`, type, text(file));
}

/** Saves a text under a name. */
function save(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** The table on the screen as a file, in two forms. */
export function SaveTable({ file }: { file: TableFile }) {
  return (
    <>
      {fileForms.map((form) => (
        <Button key={form.ending} onClick={() => saveTable(file, form)}>
          <Icon name="download" size={14} /> {form.name}
        </Button>
      ))}
    </>
  );
}
