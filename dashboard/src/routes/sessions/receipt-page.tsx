import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";
import type { Receipt } from "../../api/model.ts";
import { receiptQuery } from "../../api/queries/sessions.ts";
import { sign } from "../../prepare/decimal.ts";
import { modelName, typeName } from "../../prepare/group-name.ts";
import { exactMoney, rowMoney, signedMoney } from "../../prepare/money.ts";
import { duration, signedPercent } from "../../prepare/quantity.ts";
import { receiptText } from "../../prepare/receipt.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { Badge, NoPrice } from "../../ui/badge.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SaveTable } from "../../ui/save-table.tsx";
import { receiptFile } from "./receipt-file.ts";
import { ReceiptLines } from "./receipt-lines.tsx";
import { ReceiptReading } from "./receipt-reading.tsx";
import { ReceiptRevisions } from "./receipt-revisions.tsx";

const states = { priced: { tone: "good", text: "Priced" }, partial: { tone: "warn", text: "Priced in part" }, unpriced: { tone: "warn", text: "No price" }, declared: { tone: "neutral", text: "Stated, not estimated" } } as const;

/** The receipt of one interaction: why it cost exactly that. */
export function ReceiptPage(): ReactElement {
  const { sessionId, interactionId } = useParams({ from: "/shell/sessions/$sessionId/$interactionId" });
  const receipt = useQuery(receiptQuery(interactionId));
  return (
    <>
      <PageHeader
        name={`Receipt ${interactionId}`}
        hasSlice={false}
        title="Receipt"
        trail={
          <nav aria-label="Breadcrumb" className="flex flex-wrap gap-2 text-sm text-muted">
            <Link to="/sessions" className="link">
              Sessions
            </Link>
            <span aria-hidden="true">›</span>
            <Link to="/sessions/$sessionId" params={{ sessionId }} className="link max-w-60 truncate font-mono">
              {sessionId}
            </Link>
          </nav>
        }
        actions={
          receipt.data !== undefined && (
            <>
              <CopyButton text={receiptText(receipt.data)} label="Copy as text" />
              <SaveTable file={receiptFile(receipt.data)} />
            </>
          )
        }
      />
      <Panel query={receipt} minHeight={300}>
        {(data) => (
          <>
            <ReceiptHead receipt={data} />
            <ReceiptLines receipt={data} />
            <ReceiptReading receipt={data} />
            <Today receipt={data} />
          </>
        )}
      </Panel>
      {receipt.data !== undefined && receipt.data.revisions.length > 1 && (
        <Panel title="Estimates, the newest counts" query={receipt}>
          {(data) => <ReceiptRevisions receipt={data} />}
        </Panel>
      )}
    </>
  );
}

function ReceiptHead({ receipt }: { receipt: Receipt }) {
  const { interaction: one, reporting_time_zone: zone, price_time, estimate, endpoint, region, service_tier } = receipt;
  const state = states[estimate.price_state];
  const facts: [string, ReactNode][] = [
    ["Interaction", <span key="id" className="font-mono text-xs break-all">{one.id}</span>],
    ["Model", `${one.provider}${one.provider === "" || one.model === "" ? "" : "/"}${one.model === "" ? "" : modelName(one.model)}` || typeName(one.type)],
    ...(one.model_reported === null ? [] : ([["Reported as", one.model_reported]] as [string, ReactNode][])),
    ["User", one.user_id === "" ? "none" : <Named key="user" name={one.user_label} id={one.user_id} />],
    ...(one.agent === "" ? [] : ([["Agent", <Named key="agent" name={one.agent_name} id={one.agent} />]] as [string, ReactNode][])),
    ["Completed, which decides the price", `${zoneTime(price_time, zone, "full")} ${zone}`],
    ...(one.duration_ms === null ? [] : ([["Took", `${duration(one.duration_ms)}${one.time_to_first_token_ms === null ? "" : `, first token after ${duration(one.time_to_first_token_ms)}`}`]] as [string, ReactNode][])),
    ...(([["Endpoint", endpoint], ["Region", region], ["Service tier", service_tier], ["Context", one.context], ["Source", one.source]] as [string, string | null][]).filter(([, value]) => value !== null && value !== "") as [string, ReactNode][]),
  ];
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <p className="text-3xl leading-tight font-bold tracking-tight break-all sm:text-hero" data-testid="receipt-total" data-exact={estimate.total_cost ?? ""}>
          {estimate.total_cost === null ? <NoPrice /> : exactMoney(estimate.total_cost)}
        </p>
        <span className="flex flex-wrap gap-1.5">
          <Badge tone={state.tone}>
            {estimate.price_state === "priced" && <Icon name="check" size={12} />}
            {state.text}
          </Badge>
          {one.status === "aborted" && <Badge tone="stopped">stopped early</Badge>}
          {one.status === "error" && <Badge tone="danger" {...(one.error === null ? {} : { title: one.error })}>failed{one.error !== null && `: ${one.error}`}</Badge>}
          {receipt.revisions.length > 1 && <Badge>estimated {receipt.revisions.length} times</Badge>}
        </span>
      </div>
      <dl className="grid gap-x-8 gap-y-2 text-sm sm:grid-cols-2 xl:grid-cols-4">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-xs text-muted">{name}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** What people call somebody or something, with the id that identifies it. */
function Named({ name, id }: { name: string | null; id: string }) {
  if (name === null || name === id) return <>{id}</>;
  return (
    <>
      {name} <span className="font-mono text-xs text-faint">{id}</span>
    </>
  );
}

/** What the same would cost now, and what the cache did. */
function Today({ receipt: { today, estimate } }: { receipt: Receipt }) {
  const saved = sign(estimate.cache_savings);
  return (
    <p className="border-t border-line pt-3 text-sm text-muted">
      At today's price:{" "}
      <strong className="text-text">{today.total_cost === null ? <NoPrice /> : exactMoney(today.total_cost)}</strong>
      {today.difference !== null && (sign(today.difference) === 0 ? " (unchanged)" : ` (${signedMoney(today.difference)}${today.ratio === null ? "" : `, ${signedPercent(today.ratio)}`})`)}
      {saved > 0 && ` · The cache saved ${rowMoney(estimate.cache_savings)} against uncached input.`}
      {saved < 0 && ` · Writing the cache cost ${rowMoney(estimate.cache_savings.slice(1))} more than uncached input.`}
      {estimate.match_kind !== null && estimate.match_kind !== "exact" && ` · The model's name was matched by: ${estimate.match_kind.replaceAll("_", " ")}.`}
    </p>
  );
}
