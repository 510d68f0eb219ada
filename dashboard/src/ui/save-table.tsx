import { csv, json, type TableFile } from "../prepare/table-file.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

/** Saves a text under a name, without the server. */
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
      <Button onPress={() => save(`${file.name}.csv`, "text/csv", csv(file))}>
        <Icon name="download" size={14} /> CSV
      </Button>
      <Button onPress={() => save(`${file.name}.json`, "application/json", json(file))}>
        <Icon name="download" size={14} /> JSON
      </Button>
    </>
  );
}
