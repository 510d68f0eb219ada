import { Link, useNavigate } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import type { Group } from "../../api/model.ts";
import { withFilter } from "../../prepare/filter.ts";
import { groupFilters, groupName } from "../../prepare/group-name.ts";
import { announce } from "../../shell/announcer.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Icon } from "../../ui/icon.tsx";
import { noAgent } from "./group-queries.ts";

/** A group's name, leading to its page; with Alt it becomes a filter, as does the funnel beside it. */
export function GroupLink({ group }: { group: Group }) {
  const { search } = useSlice();
  const navigate = useNavigate();
  const name = groupName(group);
  const filters = groupFilters(group);
  const addFilter = () => {
    announce(`Filtered by ${name}`);
    const f = filters.reduce((all, filter) => withFilter(all.filter((text) => !text.startsWith(`${filter.dimension}:`)), filter), search.f ?? []);
    void navigate({ to: ".", search: (old: object) => ({ ...old, f, ...(group.dimension === "user" ? { tenant: group.tenant_id || undefined } : {}), skip: undefined }) });
  };
  const onClick = (event: MouseEvent) => {
    if (!event.altKey || filters.length === 0) return;
    event.preventDefault();
    addFilter();
  };
  const look = "link truncate py-1";
  return (
    <span className="group/name flex min-w-0 items-center gap-1">
      {group.dimension === "user" && group.user_id ? (
        <Link to="/users/$userId" params={{ userId: group.user_id }} search={(old: object) => ({ ...old, tenant: group.tenant_id || undefined })} className={look} onClick={onClick} data-row-link title={name}>
          {name}
        </Link>
      ) : group.dimension === "model" ? (
        <Link to="/models/$modelId" params={{ modelId: `${group.provider ?? ""}/${group.model ?? ""}` }} className={look} onClick={onClick} data-row-link title={`${group.provider ?? ""}/${group.model ?? ""}`}>
          {name}
        </Link>
      ) : group.dimension === "agent" ? (
        <Link to="/agents/$agentId" params={{ agentId: group.agent || noAgent }} className={look} onClick={onClick} data-row-link title={name}>
          {name}
        </Link>
      ) : (
        <span className="truncate py-1">{name}</span>
      )}
      {filters.length > 0 && (
        <button type="button" onClick={addFilter} aria-label={`Filter by ${name}`} title={`Filter by ${name} (Alt-click on the name)`} className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-faint opacity-0 group-hover/name:opacity-100 hover:bg-hover focus-visible:opacity-100 print-hidden">
          <Icon name="filter" size={13} />
        </button>
      )}
    </span>
  );
}
