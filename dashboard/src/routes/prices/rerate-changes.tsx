import { Link } from "@tanstack/react-router";
import type { RerateAnswer } from "../../api/queries/rerate.ts";
import { dayLabel } from "../../prepare/day.ts";
import { exactMoney, rowMoney, signedMoney } from "../../prepare/money.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { lineName } from "../../prepare/receipt.ts";
import { linePairs } from "../../prepare/rerate-lines.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";

type Changes = RerateAnswer["changes"];
type Example = Changes["examples"][number];

/** What a run changed or would change: a sentence first, then by model, day and user, and some receipts before and after. */
export function RerateChanges({ changes, isComplete, isDone }: { changes: Changes; isComplete: boolean; isDone: boolean }) {
  const would = isDone ? "" : " would";
  if (changes.changed_count === 0) return <p>{isDone ? "Nothing changed" : "Nothing would change"}: {plural(changes.chosen_count, "interaction")} {changes.chosen_count === 1 ? "has" : "have"} the estimate that the book gives{isDone ? "" : " today"}.{!isComplete && " Not all of the range was looked at yet."}</p>;
  return (
    <>
      <p>
        {isComplete ? "" : "At least "}
        {plural(changes.changed_count, "interaction")} of {count(changes.chosen_count)}{would} change{isDone ? "d" : ""}: {exactMoney(changes.cost_before)} {isDone ? "became" : "becomes"} {exactMoney(changes.cost_after)}, <strong>{signedMoney(changes.difference)}</strong>.{!isDone && " Nothing has been written yet."}
        {changes.refused_count + changes.over_limit_count > 0 && ` ${plural(changes.refused_count + changes.over_limit_count, "interaction")} cannot be changed and stay as they are.`}
      </p>
      <ByName caption="By model" rows={changes.by_model} label={(name) => (name === "/" ? "no model" : name)} />
      <ByName caption="By day" rows={changes.by_day} label={(name) => dayLabel(name, "withYear")} />
      <ByName caption="By user" rows={changes.by_user} label={(name) => (name === "" ? "no user" : name)} />
      <section className="flex flex-col gap-2" aria-label="Some receipts, before and after">
        <h3 className="text-sm font-semibold">Some receipts, before and after</h3>
        {changes.examples.map((example) => (
          <BeforeAndAfter key={example.id} example={example} />
        ))}
      </section>
    </>
  );
}

function ByName({ caption, rows, label }: { caption: string; rows: Changes["by_model"]; label: (name: string) => string }) {
  return (
    <DataTable
      caption={caption}
      rows={rows}
      rowKey={({ name }) => name}
      columns={[
        { key: "name", name: caption, cell: ({ name }) => <span className="break-all">{label(name)}</span> },
        { key: "count", name: "Interactions", numeric: true, cell: ({ interaction_count }) => count(interaction_count) },
        { key: "before", name: "Before", numeric: true, from: "sm", cell: ({ cost_before }) => rowMoney(cost_before) },
        { key: "after", name: "After", numeric: true, from: "sm", cell: ({ cost_after }) => rowMoney(cost_after) },
        { key: "difference", name: "Difference", numeric: true, cell: ({ difference }) => signedMoney(difference) },
      ]}
    />
  );
}

/** One interaction's receipt as it was and as it comes out, line by line. */
function BeforeAndAfter({ example: { id, day, before, after } }: { example: Example }) {
  return (
    <details className="rounded-control border border-line p-2">
      <summary className="min-h-6 cursor-pointer text-sm">
        {dayLabel(day, "withYear")}: {known(before.total_cost)} → {known(after.total_cost)}
      </summary>
      <div className="flex flex-col gap-2 pt-2">
        <Link to="/interactions/$interactionId" params={{ interactionId: id }} className="link font-mono text-xs break-all">
          {id}
        </Link>
        <DataTable
          caption={`Lines of ${id}, before and after`}
          rows={linePairs(before.lines, after.lines)}
          rowKey={({ key }) => key}
          columns={[
            { key: "what", name: "What", cell: ({ resource }) => lineName(resource) },
            { key: "quantity", name: "Quantity", numeric: true, from: "sm", cell: ({ quantities }) => quantities.map(count).join(" → ") },
            { key: "before", name: "Before", numeric: true, cell: ({ before: amount }) => lineAmount(amount) },
            { key: "after", name: "After", numeric: true, cell: ({ after: amount }) => lineAmount(amount) },
          ]}
        />
      </div>
    </details>
  );
}

function known(cost: string | null): string {
  return cost === null ? "no price" : exactMoney(cost);
}

/** A line that is only in the other receipt has no amount at all; one without a rate says so. */
function lineAmount(amount: string | null | undefined) {
  if (amount === undefined) return <span className="text-faint">—</span>;
  return amount === null ? <NoPrice /> : exactMoney(amount);
}
