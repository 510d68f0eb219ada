import { Link, useNavigate } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import type { Group } from "../../api/model.ts";
import { replacedFilters } from "../../prepare/filter.ts";
import { groupFilters, groupId, groupName } from "../../prepare/group-name.ts";
import { announce } from "../../shell/announcer.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Icon } from "../../ui/icon.tsx";
import { MiddleCut } from "../../ui/middle-cut.tsx";
import { noAgent } from "./group-queries.ts";

/** A group's name, leading to its page; with Alt it becomes a filter, as does the funnel beside it. */
export function GroupLink({ group, showsOrigin = true }: { group: Group; showsOrigin?: boolean }) {
  const { search } = useSlice();
  const navigate = useNavigate();
  const name = groupName(group);
  const filters = groupFilters(group);
  const addFilter = () => {
    announce(`Filtered by ${name}`);
    void navigate({ to: ".", search: (old: object) => ({ ...old, f: replacedFilters(search.f ?? [], filters), ...(group.dimension === "user" ? { tenant: group.tenant_id || undefined } : {}), skip: undefined }) });
  };
  const onClick = (event: MouseEvent) => {
    if (!event.altKey || filters.length === 0) return;
    event.preventDefault();
    addFilter();
  };
  const look = "link min-w-0 py-0.5";
  // Two providers may sell a model of one name, and two people may share one: the second line tells them apart.
  const second = group.dimension === "model" && group.model ? group.provider : groupId(group);
  return (
    <span className="group/name flex min-w-0 items-center gap-1">
      <span className="flex min-w-0 flex-col">
        {group.dimension === "user" && group.user_id && !group.erased ? (
          <Link to="/users/$userId" params={{ userId: group.user_id }} search={(old: object) => ({ ...old, tenant: group.tenant_id || undefined })} className={look} onClick={onClick} data-row-link title={group.user_id}>
            <MiddleCut text={name} />
          </Link>
        ) : group.dimension === "model" ? (
          <Link to="/models/$modelId" params={{ modelId: `${group.provider ?? ""}/${group.model ?? ""}` }} className={look} onClick={onClick} data-row-link title={`${group.provider ?? ""}/${group.model ?? ""}`}>
            <MiddleCut text={name} />
          </Link>
        ) : group.dimension === "agent" ? (
          <Link to="/agents/$agentId" params={{ agentId: group.agent || noAgent }} className={look} onClick={onClick} data-row-link title={group.agent || name}>
            <MiddleCut text={name} />
          </Link>
        ) : (
          <span className="min-w-0 py-0.5">
            <MiddleCut text={name} />
          </span>
        )}
        {showsOrigin && second && (
          <span className="min-w-0 text-xs text-faint">
            <MiddleCut text={second} />
          </span>
        )}
      </span>
      {filters.length > 0 && !group.erased && (
        <button type="button" onClick={addFilter} aria-label={`Filter by ${name}`} title={`Filter by ${name} (Alt-click on the name)`} className="shown-on-hover inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-faint opacity-0 group-hover/name:opacity-100 hover:bg-hover focus-visible:opacity-100 print-hidden">
          <Icon name="filter" size={13} />
        </button>
      )}
    </span>
  );
}
