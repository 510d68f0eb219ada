import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { comparisonOf } from "../prepare/slice-query.ts";
import { comparisonNames, comparisons, periodLabel, presetNames, presetOf, presets, steppedRange } from "../prepare/period.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { Popover } from "../ui/popover.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useSlice } from "./slice-context.ts";

const optionClass = "flex min-h-8 items-center rounded-control px-2.5 text-sm no-underline hover:bg-hover";

/** The period, the steps to its neighbours, and what it is compared with. */
export function PeriodPicker() {
  const { search, range, today, calendar } = useSlice();
  const comparison = comparisonOf(search, calendar);
  const preset = presetOf(search, calendar);
  const [before, after] = [steppedRange(range, -1, today), steppedRange(range, 1, today)];
  return (
    <>
      <div className="flex">
        <Step label="Previous period" to={before} icon="left" className="rounded-r-none" />
        <Popover
          label="Period"
          button={{
            className: "rounded-none border-x-0",
            "aria-label": `Period: ${periodLabel(search, calendar)}`,
            children: (
              <>
                {periodLabel(search, calendar)}
                <Icon name="down" size={14} />
              </>
            ),
          }}
        >
          {(close) => (
            <div className="flex flex-col gap-2 sm:flex-row">
              <ul className="flex flex-col" aria-label="Named periods">
                {presets.map((one) => (
                  <li key={one}>
                    <Link to="." search={(old: object) => ({ ...old, p: one, from: undefined, to: undefined, skip: undefined })} onClick={close} className={cn(optionClass, preset === one && "bg-selected font-semibold")}>
                      {presetNames[one]}
                    </Link>
                  </li>
                ))}
              </ul>
              <CustomRange close={close} />
            </div>
          )}
        </Popover>
        <Step label="Next period" to={after} icon="right" className="rounded-l-none" disabled={after.from > today} />
      </div>
      <Popover
        label="Comparison"
        button={{
          children: (
            <>
              {comparison === "none" ? "No comparison" : `vs ${comparisonNames[comparison]}`}
              <Icon name="down" size={14} />
            </>
          ),
        }}
      >
        {(close) => (
          <ul className="flex flex-col">
            {comparisons.map((one) => (
              <li key={one}>
                <Link to="." search={(old: object) => ({ ...old, cmp: one })} onClick={close} className={cn(optionClass, comparison === one && "bg-selected font-semibold")}>
                  {one === "none" ? comparisonNames[one] : `vs ${comparisonNames[one]}`}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Popover>
    </>
  );
}

function Step({ label, to, icon, className, disabled = false }: { label: string; to: { from: string; to: string }; icon: "left" | "right"; className: string; disabled?: boolean }) {
  const shape = cn("inline-flex min-h-8 w-8 items-center justify-center rounded-control border border-line bg-card", className);
  if (disabled) {
    return (
      <span className={cn(shape, "text-faint opacity-50")} aria-hidden="true">
        <Icon name={icon} size={14} />
      </span>
    );
  }
  return (
    <Link to="." search={(old: object) => ({ ...old, p: undefined, ...to, skip: undefined })} aria-label={label} className={cn(shape, "text-muted hover:bg-hover")}>
      <Icon name={icon} size={14} />
    </Link>
  );
}

function CustomRange({ close }: { close: () => void }) {
  const { range, today } = useSlice();
  const navigate = useNavigate();
  const [from, setFrom] = useState(range.from);
  const [to, setTo] = useState(range.to);
  const fault = from === "" || to === "" ? "Give both days." : from > to ? "The first day lies after the last: exchange them." : null;
  return (
    <form
      className="flex flex-col gap-2 border-line sm:border-l sm:pl-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (fault !== null) return;
        close();
        void navigate({ to: ".", search: (old: object) => ({ ...old, p: undefined, from, to, skip: undefined }) });
      }}
    >
      <TextField label="From" type="date" value={from} max={today} onChange={(event) => setFrom(event.target.value)} />
      <TextField label="To, included" type="date" value={to} max={today} onChange={(event) => setTo(event.target.value)} error={fault} />
      <Button look="primary" type="submit" disabled={fault !== null}>
        Show
      </Button>
    </form>
  );
}
