import { Link } from "@tanstack/react-router";
import type { Interaction, SessionDetail } from "../../api/model.ts";
import { largestShare, ShareCell } from "../../charts/share-cell.tsx";
import { modelName, resourceName, typeName } from "../../prepare/group-name.ts";
import { columnMoney, columnPlaces, rowMoney } from "../../prepare/money.ts";
import { count, duration } from "../../prepare/quantity.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { Badge, NoPrice } from "../../ui/badge.tsx";
import { DataTable, type TableColumn } from "../../ui/data-table.tsx";
import { Pager } from "../../ui/pager.tsx";

type InteractionTableProps = { page: SessionDetail["interactions"]; total: string | null; timeZone: string; showsDays: boolean };

/** Input, of it cached, output: as people compare them. */
function Tokens({ tokens }: { tokens: Interaction["tokens"] }) {
  if (tokens.total === 0) return <span className="text-faint">—</span>;
  const input = tokens.total - tokens.output - tokens.reasoning - tokens.audio_out - tokens.image_out;
  return (
    <span title={`${count(input)} in, of it ${count(tokens.cache_read)} from the cache; ${count(tokens.total - input)} out`}>
      {count(input)} / {count(tokens.cache_read)} / {count(tokens.total - input)}
    </span>
  );
}

/** What was used where no model was: the tool that was called, or what was counted. */
function Used({ resources, otherwise }: { resources: readonly string[]; otherwise: string }) {
  const [first, ...rest] = resources;
  if (first === undefined) return otherwise || <span className="text-faint">—</span>;
  return (
    <span title={resources.map(resourceName).join(", ")}>
      {resourceName(first)}
      {rest.length > 0 && <span className="text-faint"> +{rest.length}</span>}
    </span>
  );
}

/** A session's interactions in order of time, each leading to its receipt. */
export function InteractionTable({ page, total, timeZone, showsDays }: InteractionTableProps) {
  const places = columnPlaces(page.items.map(({ total_cost }) => total_cost));
  const largest = largestShare(page.items.map((row) => row.share));
  const columns: TableColumn<Interaction>[] = [
    {
      key: "time",
      name: "Time",
      cell: ({ id, session_id, timestamp }) => (
        <Link to="/sessions/$sessionId/$interactionId" params={{ sessionId: session_id, interactionId: id }} className="link inline-flex min-h-6 items-center" data-row-link title={id}>
          {zoneTime(timestamp, timeZone, showsDays ? "dayMinute" : "second")}
        </Link>
      ),
    },
    { key: "type", name: "Kind", from: "sm", cell: ({ type, context }) => <span className="inline-flex gap-1">{typeName(type)}{context !== null && context !== "message" && <Badge>{context}</Badge>}</span> },
    { key: "model", name: "Model or tool", cell: ({ model, provider, resources }) => (model === "" ? <Used resources={resources} otherwise={provider} /> : <span title={`${provider}/${model}`}>{modelName(model)}</span>) },
    { key: "agent", name: "Agent", from: "xl", cell: ({ agent, agent_name }) => (agent === "" ? <span className="text-faint">—</span> : <span title={agent}>{agent_name ?? agent}</span>) },
    { key: "tokens", name: "In / cached / out", numeric: true, from: "lg", cell: ({ tokens }) => <Tokens tokens={tokens} /> },
    { key: "latency", name: "Took", numeric: true, from: "md", cell: ({ duration_ms }) => duration(duration_ms) },
    { key: "cost", name: "Cost", numeric: true, cell: ({ total_cost }) => (total_cost === null ? <NoPrice /> : columnMoney(total_cost, places)) },
    {
      key: "share",
      name: "Share",
      numeric: true,
      from: "sm",
      cell: (row) => <ShareCell ratio={row.share} largest={largest} />,
    },
    {
      key: "note",
      name: "Note",
      from: "md",
      cell: ({ status, error, price_state, feedback }) => (
        <span className="inline-flex flex-wrap gap-1">
          {status === "aborted" && <Badge tone="stopped">stopped early</Badge>}
          {status === "error" && <Badge tone="danger" {...(error === null ? {} : { title: error })}>failed</Badge>}
          {price_state === "partial" && <Badge tone="warn">priced in part</Badge>}
          {price_state === "declared" && <Badge>stated by the sender</Badge>}
          {feedback !== null && <Badge tone={feedback === 1 ? "good" : "danger"}>{feedback === 1 ? "thumb up" : "thumb down"}</Badge>}
        </span>
      ),
    },
  ];
  return (
    <>
      <DataTable caption="Interactions of this session" columns={columns} rows={page.items} rowKey={({ id }) => id} footers={[{ key: "total", strong: true, cells: { time: "Session", cost: rowMoney(total) } }]} />
      {page.total_count > page.limit && <Pager offset={page.offset} limit={page.limit} total={page.total_count} noun="interactions" />}
    </>
  );
}
