import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Dimension, dimensionNames, dimensions, filterName, parseFilter, replacedFilters, withoutFilter } from "../prepare/filter.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Popover } from "../ui/popover.tsx";
import { Choice } from "../ui/segmented.tsx";
import { TextField } from "../ui/text-field.tsx";
import { announce } from "./announcer.tsx";
import { FilterSuggestions } from "./filter-suggestions.tsx";
import { useSlice } from "./slice-context.ts";

/** The filters in force, each with its way out, and the way to one more. */
export function FilterBar() {
  const { search } = useSlice();
  const filters = search.f ?? [];
  return (
    <>
      {filters.map((text) => {
        const filter = parseFilter(text);
        if (filter === null) return null;
        const name = filterName(filter);
        return (
          <Link
            key={text}
            to="."
            search={(old: object) => ({ ...old, f: filters.length === 1 ? undefined : withoutFilter(filters, text), tenant: filter.dimension === "user" ? undefined : search.tenant, skip: undefined })}
            onClick={() => announce(`Filter removed: ${name}`)}
            aria-label={`Remove filter ${name}`}
            className="inline-flex min-h-8 max-w-72 items-center gap-1.5 rounded-full bg-selected px-3 text-sm no-underline hover:line-through"
          >
            <span className="truncate">{name}</span>
            <Icon name="close" size={12} />
          </Link>
        );
      })}
      <Popover
        label="Add a filter"
        button={{
          className: "filter-button rounded-full border-dashed text-muted",
          children: (
            <>
              <Icon name="filter" size={14} /> Filter
            </>
          ),
        }}
      >
        {(close) => <FilterForm close={close} />}
      </Popover>
    </>
  );
}

const types = [
  { value: "chat", name: "Chat" },
  { value: "db", name: "Database" },
  { value: "api", name: "API calls" },
  { value: "cost-event", name: "Cost events" },
] as const;

function FilterForm({ close }: { close: () => void }) {
  const { search } = useSlice();
  const navigate = useNavigate();
  const [dimension, setDimension] = useState<Dimension>("user");
  const [value, setValue] = useState("");
  const add = (chosen: string, tenant?: string) => {
    close();
    const filter = { dimension, value: chosen };
    announce(`Filtered by ${filterName(filter)}`);
    void navigate({ to: ".", search: (old: object) => ({ ...old, f: replacedFilters(search.f ?? [], [filter]), ...(dimension === "user" ? { tenant } : {}), skip: undefined }) });
  };
  return (
    <form
      className="flex w-72 flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== "") add(value);
      }}
    >
      <Choice
        label="Filter by"
        showLabel
        value={dimension}
        options={dimensions.map((one) => ({ value: one, name: dimensionNames[one] }))}
        onChange={(next) => {
          setDimension(next);
          setValue("");
        }}
      />
      {dimension === "type" ? (
        <ul>
          {types.map((type) => (
            <li key={type.value}>
              <Button look="quiet" className="w-full justify-start" onClick={() => add(type.value)}>
                {type.name}
              </Button>
            </li>
          ))}
        </ul>
      ) : (
        <>
          <TextField label={`${dimensionNames[dimension]}, exactly as it is written`} value={value} onChange={(event) => setValue(event.target.value)} maxLength={256} autoFocus placeholder="Type to search" />
          <FilterSuggestions dimension={dimension} text={value} onChoose={add} />
          <div className="flex justify-between gap-2">
            <Button look="quiet" onClick={() => add("")}>
              Without {dimension === "agent" ? "an agent" : `a ${dimension}`}
            </Button>
            <Button look="primary" type="submit" disabled={value === ""}>
              Filter
            </Button>
          </div>
        </>
      )}
    </form>
  );
}
