import type { InputHTMLAttributes, ReactNode } from "react";
import { useId } from "react";
import { cn } from "./class-names.ts";

type TextFieldProps = InputHTMLAttributes<HTMLInputElement> & {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  hideLabel?: boolean;
};

/** A labelled line of text, with what is expected and what was wrong beside it. */
export function TextField({ label, hint, error, hideLabel = false, className, ...rest }: TextFieldProps) {
  const id = useId();
  const described = [hint === undefined ? null : `${id}-hint`, error === undefined || error === null ? null : `${id}-error`].filter((name) => name !== null);
  return (
    <div className={cn("flex flex-col gap-1", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "text-sm font-medium"}>
        {label}
      </label>
      <input
        id={id}
        aria-describedby={described.length === 0 ? undefined : described.join(" ")}
        aria-invalid={error === undefined || error === null ? undefined : true}
        className="min-h-8 w-full rounded-control border border-control-line bg-card px-2.5 py-1 text-sm text-text placeholder:text-faint"
        {...rest}
      />
      {hint !== undefined && (
        <span id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </span>
      )}
      {error !== undefined && error !== null && (
        <span id={`${id}-error`} role="alert" className="text-xs text-danger">
          {error}
        </span>
      )}
    </div>
  );
}
