import { Link } from "@tanstack/react-router";
import type { RerateAnswer } from "../../api/queries/rerate.ts";
import { dayLabel } from "../../prepare/day.ts";
import { exactMoney, rowMoney, signedMoney } from "../../prepare/money.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { DataTable } from "../../ui/data-table.tsx";

type Changes = RerateAnswer["changes"];

/** What estimating again would change: a sentence first, then by model, and some receipts before and after. */
export function RerateChanges({ answer: { changes, is_complete } }: { answer: RerateAnswer }) {
  if (changes.changed_count === 0) return <p>Nothing would change: {plural(changes.chosen_count, "interaction")} {changes.chosen_count === 1 ? "has" : "have"} the estimate that the book gives today.{!is_complete && " Not all of the range was looked at yet."}</p>;
  return (
    <>
      <p>
        {is_complete ? "" : "At least "}
        {plural(changes.changed_count, "interaction")} of {count(changes.chosen_count)} would change: {exactMoney(changes.cost_before)} becomes {exactMoney(changes.cost_after)}, <strong>{signedMoney(changes.difference)}</strong>. Nothing has been written yet.
        {changes.refused_count + changes.over_limit_count > 0 && ` ${plural(changes.refused_count + changes.over_limit_count, "interaction")} cannot be changed and stay as they are.`}
      </p>
      <ByName caption="By model" rows={changes.by_model} />
      <DataTable
        caption="Some of them, before and after"
        rows={changes.examples}
        rowKey={({ id }) => id}
        columns={[
          {
            key: "id",
            name: "Interaction",
            cell: ({ id }) => (
              <Link to="/sessions" search={(old: object) => ({ ...old, p: "all" as const, q: id, f: undefined })} className="link font-mono text-xs break-all">
                {id}
              </Link>
            ),
          },
          { key: "day", name: "Day", from: "sm", cell: ({ day }) => dayLabel(day, "withYear") },
          { key: "before", name: "Before", numeric: true, cell: ({ before }) => rowMoney(before.total_cost) },
          { key: "after", name: "After", numeric: true, cell: ({ after }) => rowMoney(after.total_cost) },
        ]}
      />
    </>
  );
}

function ByName({ caption, rows }: { caption: string; rows: Changes["by_model"] }) {
  return (
    <DataTable
      caption={caption}
      rows={rows}
      rowKey={({ name }) => name}
      columns={[
        { key: "name", name: caption, cell: ({ name }) => (name === "/" ? "no model" : name) },
        { key: "count", name: "Interactions", numeric: true, cell: ({ interaction_count }) => count(interaction_count) },
        { key: "before", name: "Before", numeric: true, from: "sm", cell: ({ cost_before }) => rowMoney(cost_before) },
        { key: "after", name: "After", numeric: true, from: "sm", cell: ({ cost_after }) => rowMoney(cost_after) },
        { key: "difference", name: "Difference", numeric: true, cell: ({ difference }) => signedMoney(difference) },
      ]}
    />
  );
}
