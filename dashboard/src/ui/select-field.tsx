import { useId } from "react";

/** A labelled choice of a form, as the system's own list. */
export function SelectField({ label, name, options, defaultValue = "" }: { label: string; name: string; options: readonly { value: string; name: string }[]; defaultValue?: string }) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select id={id} name={name} defaultValue={defaultValue} className="min-h-8 w-full rounded-control border border-control-line bg-card px-2 text-sm text-text">
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
    </div>
  );
}
