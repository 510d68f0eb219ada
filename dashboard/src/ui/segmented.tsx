import { ToggleButton } from "react-aria-components/ToggleButton";
import { ToggleButtonGroup } from "react-aria-components/ToggleButtonGroup";

type SegmentedProps<Value extends string> = {
  label: string;
  options: readonly { value: Value; name: string }[];
  value: Value;
  onChange: (value: Value) => void;
};

/** One choice of a few, side by side; a select where there is no room. */
export function Segmented<Value extends string>({ label, options, value, onChange }: SegmentedProps<Value>) {
  return (
    <>
      <ToggleButtonGroup
        aria-label={label}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[value]}
        onSelectionChange={(keys) => {
          const chosen = options.find((option) => keys.has(option.value));
          if (chosen !== undefined) onChange(chosen.value);
        }}
        className="hidden overflow-hidden rounded-control border border-line sm:inline-flex"
      >
        {options.map((option) => (
          <ToggleButton
            key={option.value}
            id={option.value}
            className="min-h-8 border-l border-line px-2.5 text-sm text-muted first:border-l-0 hover:bg-hover data-selected:bg-selected data-selected:font-semibold data-selected:text-text focus-visible:-outline-offset-2"
          >
            {option.name}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
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
