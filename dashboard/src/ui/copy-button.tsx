import { useState } from "react";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

/** Copies a text and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState<"" | "Copied" | "Not copied: select the text instead">("");
  return (
    <span className="inline-flex items-center gap-2">
      <Button
        onClick={() => {
          navigator.clipboard.writeText(text).then(
            () => setSaid("Copied"),
            () => setSaid("Not copied: select the text instead"),
          );
        }}
      >
        <Icon name={said === "Copied" ? "check" : "copy"} />
        {label}
      </Button>
      <span role="status" className="text-xs text-muted">
        {said}
      </span>
    </span>
  );
}
