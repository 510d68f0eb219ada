import { type KeyboardEvent, useState } from "react";
import { afterPaint } from "./after-paint.ts";

type SegmentedProps<Value extends string> = {
  label: string;
  options: readonly { value: Value; name: string }[];
  value: Value;
  onChange: (value: Value) => void;
};

/**
 * One choice of a few, side by side; a select where there is no room. One tab stop: arrows move, Space
 * and Enter choose. The choice shows at once, and what follows from it comes after that is painted.
 */
export function Segmented<Value extends string>({ label, options, value, onChange }: SegmentedProps<Value>) {
  const [pressed, setPressed] = useState<{ next: Value; over: Value } | null>(null);
  if (pressed !== null && pressed.over !== value) setPressed(null);
  const shown = pressed === null || pressed.over !== value ? value : pressed.next;
  const choose = (next: Value) => {
    if (next === shown) return;
    setPressed({ next, over: value });
    afterPaint(() => onChange(next));
  };
  const step = (event: KeyboardEvent<HTMLButtonElement>, index: number) => {
    const to = { ArrowRight: index + 1, ArrowDown: index + 1, ArrowLeft: index - 1, ArrowUp: index - 1, Home: 0, End: options.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.currentTarget.parentElement?.querySelectorAll("button")[(to + options.length) % options.length]?.focus();
  };
  return (
    <>
      <div role="radiogroup" aria-label={label} className="hidden overflow-hidden rounded-control border border-line sm:inline-flex">
        {options.map((option, index) => (
          <button
            key={option.value}
            type="button"
            role="radio"
            aria-checked={option.value === shown}
            tabIndex={option.value === shown ? 0 : -1}
            onClick={() => choose(option.value)}
            onKeyDown={(event) => step(event, index)}
            className="min-h-8 border-l border-line px-2.5 text-sm text-muted first:border-l-0 hover:bg-hover focus-visible:-outline-offset-2 aria-checked:bg-selected aria-checked:font-semibold aria-checked:text-text"
          >
            {option.name}
          </button>
        ))}
      </div>
      <Choice className="sm:hidden" label={label} options={options} value={value} onChange={onChange} />
    </>
  );
}

/** One choice of many, as the system's own list. */
export function Choice<Value extends string>({ label, options, value, onChange, className, showLabel = false }: SegmentedProps<Value> & { className?: string; showLabel?: boolean }) {
  const select = (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
      className={`min-h-8 rounded-control border border-control-line bg-card px-2 text-sm text-text ${className ?? ""}`}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.name}
        </option>
      ))}
    </select>
  );
  if (!showLabel) return select;
  return (
    <span className="inline-flex items-center gap-2 text-sm text-muted">
      <span aria-hidden="true">{label}</span>
      {select}
    </span>
  );
}
