import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { groupListQuery } from "../api/queries/stats.ts";
import type { Dimension } from "../prepare/filter.ts";
import { groupId, groupName } from "../prepare/group-name.ts";
import { listMoney } from "../prepare/money.ts";
import { Button } from "../ui/button.tsx";
import { useSlice } from "./slice-context.ts";

const lists = { user: "users", model: "models", provider: "models", agent: "agents" } as const;

type FilterSuggestionsProps = { dimension: Exclude<Dimension, "type">; text: string; onChoose: (value: string, tenant?: string) => void };

/** Names of the period that contain what was typed, the costliest first. */
export function FilterSuggestions({ dimension, text, onChoose }: FilterSuggestionsProps) {
  const { query } = useSlice();
  const q = useDeferredValue(text);
  const { data } = useQuery(groupListQuery(lists[dimension], { start_date: query.start_date, end_date: query.end_date, limit: 8, ...(q === "" ? {} : { q }) }));
  const seen = new Set<string>();
  const suggestions = (data?.items ?? []).flatMap(({ group, figures }) => {
    const value = { user: group.user_id, model: group.model, provider: group.provider, agent: group.agent }[dimension] ?? "";
    if (value === "" || seen.has(value)) return [];
    seen.add(value);
    return [{ value, tenant: group.tenant_id ?? "", label: (dimension === "user" || dimension === "agent") && groupId(group) !== null ? `${groupName(group)} (${value})` : value, cost: figures.total_cost }];
  });
  return (
    <ul className="max-h-64 overflow-auto" aria-label="Suggestions">
      {suggestions.map(({ value, tenant, label, cost }) => (
        <li key={`${tenant} ${value}`}>
          <Button look="quiet" className="w-full gap-4" onClick={() => onChoose(value, tenant === "" ? undefined : tenant)}>
            <span className="mr-auto truncate text-text">{label}</span>
            {dimension !== "provider" && <span className="text-xs text-faint">{listMoney(cost)}</span>}
          </Button>
        </li>
      ))}
      {data !== undefined && suggestions.length === 0 && <li className="px-2.5 py-1 text-sm text-faint">Nothing in this period contains that.</li>}
    </ul>
  );
}
