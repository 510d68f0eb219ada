import type { Ref } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components/Button";
import { cn } from "./class-names.ts";

const looks = {
  plain: "border border-line bg-card text-text hover:bg-hover data-pressed:bg-hover",
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
export type ButtonProps = Omit<AriaButtonProps, "className"> & { look?: keyof typeof looks; className?: string; ref?: Ref<HTMLButtonElement> };

/** A button. */
export function Button({ look = "plain", className, ...rest }: ButtonProps) {
  return <AriaButton data-slot="button" {...rest} className={buttonClass(look, className)} />;
}
