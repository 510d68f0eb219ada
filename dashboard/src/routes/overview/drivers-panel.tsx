import type { UseQueryResult } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { GroupList } from "../../api/model.ts";
import { useCaller } from "../../api/caller.ts";
import type { GroupKind } from "../../api/queries/stats.ts";
import { Segmented } from "../../ui/segmented.tsx";
import { Panel } from "../../ui/panel.tsx";
import { plural } from "../../prepare/quantity.ts";
import { GroupTable } from "../groups/group-table.tsx";

const kinds = [
  { value: "users", name: "Users" },
  { value: "models", name: "Models" },
  { value: "agents", name: "Agents" },
] as const;

/** Who or what the money goes to, the five that cost most. */
export function DriversPanel({ query, who }: { query: UseQueryResult<GroupList>; who: GroupKind }) {
  const navigate = useNavigate();
  const { readsAll } = useCaller();
  const first = readsAll ? "users" : "models";
  return (
    <Panel
      title={who === "users" ? "Who drives it" : "What drives it"}
      query={query}
      isEmpty={({ items }) => items.length === 0}
      actions={<Segmented label="List by" options={readsAll ? kinds : kinds.filter(({ value }) => value !== "users")} value={who} onChange={(next) => void navigate({ to: ".", replace: true, search: (old: object) => ({ ...old, who: next === first ? undefined : next }) })} />}
    >
      {(list) => (
        <>
          <GroupTable list={list} caption={`The ${list.items.length} ${who} that cost most`} compact />
          <Link to={`/${who}`} className="link self-start text-sm">
            All {plural(list.total_count, who.slice(0, -1))} →
          </Link>
        </>
      )}
    </Panel>
  );
}
