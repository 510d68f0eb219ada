import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "./button.tsx";

/** A search that becomes part of the address when it is sent. */
export function SearchBox({ label, value, placeholder }: { label: string; value: string | undefined; placeholder: string }) {
  const navigate = useNavigate();
  const [text, setText] = useState(value ?? "");
  const [seen, setSeen] = useState(value);
  // The address wins when it changes from outside, for example by the back button.
  if (seen !== value) {
    setSeen(value);
    setText(value ?? "");
  }
  const show = (next: string) => void navigate({ to: ".", search: (old: object) => ({ ...old, q: next.trim() === "" ? undefined : next.trim(), skip: undefined }) });
  return (
    <form
      role="search"
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        show(text);
      }}
    >
      <input type="search" aria-label={label} value={text} maxLength={256} placeholder={placeholder} onChange={(event) => setText(event.target.value)} className="min-h-8 w-full max-w-64 min-w-0 sm:w-64 rounded-control border border-control-line bg-card px-2.5 text-sm placeholder:text-faint" />
      <Button type="submit">Search</Button>
    </form>
  );
}
