import type { ReactNode } from "react";
import { Popover } from "./popover.tsx";

/** A small "?" beside a term: what it means, for a pointer, a finger and the keyboard alike. */
export function Explain({ about, children }: { about: string; children: ReactNode }) {
  return (
    <Popover label={`About ${about}`} button={{ look: "quiet", className: "ml-1 size-6 min-h-6 p-0 align-middle rounded-full text-xs", "aria-label": `What is ${about}?`, children: "?" }}>
      {() => <p className="max-w-64 p-1 text-sm">{children}</p>}
    </Popover>
  );
}
