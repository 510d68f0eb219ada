import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

const tones = {
  neutral: "bg-hover text-muted",
  warn: "bg-warn-surface text-warn",
  danger: "bg-danger-surface text-danger",
  good: "bg-good-surface text-good",
  stopped: "bg-selected text-text",
};

/** A word or a number set apart. */
export function Badge({ tone = "neutral", children, title }: { tone?: keyof typeof tones; children: ReactNode; title?: string }) {
  return (
    <span title={title} className={cn("inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap", tones[tone])}>
      {children}
    </span>
  );
}

/** The mark of an unknown price: hatched and named, never a zero. */
export function NoPrice({ children = "No price" }: { children?: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-warn">
      <svg aria-hidden="true" width="10" height="10" className="shrink-0">
        <rect x="0.5" y="0.5" width="9" height="9" fill="none" stroke="currentColor" />
        <path d="M0 10L10 0M0 5L5 0M5 10L10 5" stroke="currentColor" strokeWidth="1" />
      </svg>
      {children}
    </span>
  );
}
