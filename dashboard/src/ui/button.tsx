import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

const looks = {
  plain: "border border-line bg-card text-text hover:bg-hover active:bg-hover",
  primary: "border border-accent bg-accent text-on-accent hover:opacity-90",
  danger: "border border-danger bg-card text-danger hover:bg-danger-surface",
  quiet: "border border-transparent text-muted hover:bg-hover hover:text-text",
};

/** The shape that buttons and links-as-buttons share: at least 32 px high. */
export function buttonClass(look: keyof typeof looks = "plain", className?: string): string {
  return cn(
    "inline-flex min-h-8 items-center justify-center gap-1.5 rounded-control px-2.5 py-1 text-sm no-underline whitespace-nowrap",
    "disabled:opacity-50 aria-disabled:opacity-50",
    looks[look],
    className,
  );
}

/** A button's own and its element's properties. */
export type ButtonProps = ComponentProps<"button"> & { look?: keyof typeof looks };

/** A button of the browser's own: pages hold dozens, and the plain element is the quickest to draw and to press. */
export function Button({ look = "plain", className, type = "button", ...rest }: ButtonProps) {
  return <button data-slot="button" type={type} {...rest} className={buttonClass(look, className)} />;
}
