import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { healthQuery, integrityQuery, jobsQuery, watermarkQuery } from "../../api/queries/ledger.ts";
import { quarantineQuery } from "../../api/queries/prices.ts";
import { checkName } from "../../prepare/accuracy-words.ts";
import { count, plural } from "../../prepare/quantity.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { useCaller } from "../../api/caller.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Badge } from "../../ui/badge.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { JobTracker } from "./job-tracker.tsx";
import { LeftOut } from "./left-out.tsx";
import { Rejections } from "./rejections.tsx";
import { RunJob } from "./run-job.tsx";

const tones = { ok: "good", degraded: "warn", down: "danger" } as const;

const verdicts = {
  unverified: { tone: "neutral", name: "all days: not yet", text: "The hourly verification has not covered everything yet." },
  sound: { tone: "good", name: "all days: yes", text: "The hourly verification found no difference anywhere." },
  repaired: { tone: "warn", name: "all days: corrected", text: "The hourly verification found differences and corrected them all." },
  broken: { tone: "danger", name: "all days: no", text: "The hourly verification found a difference that a person must look at." },
} as const;

/** A Worker's own words about itself, as short facts. */
function facts(detail: unknown): string {
  if (typeof detail === "string") return detail;
  if (typeof detail !== "object" || detail === null) return "";
  return Object.entries(detail)
    .filter(([name, value]) => name !== "status" && name !== "worker" && (typeof value === "string" || typeof value === "number" || typeof value === "boolean"))
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`)
    .join(" · ");
}

/** The key of the row at fault, as short facts. */
function subjectText(subject: unknown): string {
  if (typeof subject !== "object" || subject === null) return String(subject);
  return Object.entries(subject)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${Array.isArray(value) ? value.join(", ") : String(value)}`)
    .join(" · ");
}

/** Whether the numbers can be trusted right now. */
export function HealthPage(): ReactElement {
  const { timeZone } = useSlice();
  const mark = useQuery(watermarkQuery);
  const health = useQuery(healthQuery);
  const integrity = useQuery(integrityQuery);
  const jobs = useQuery(jobsQuery);
  const waiting = useQuery(quarantineQuery);
  const { mayChange } = useCaller({ asks: true });
  return (
    <>
      <PageHeader title="Health" name="Health" hasSlice={false} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Panel title="Freshness" query={mark} minHeight={120}>
          {({ as_of, ledger_version, price_book_version, today }) => (
            <dl className="grid grid-cols-2 gap-x-6 gap-y-2 text-sm">
              <Fact name="Newest interaction">{as_of === null ? "none yet" : zoneTime(as_of, timeZone, "full")}</Fact>
              <Fact name="Reporting time zone">
                {timeZone}, today is {today}
              </Fact>
              <Fact name="Ledger version">{ledger_version}</Fact>
              <Fact name="Price book version">{price_book_version}</Fact>
              {waiting.data !== undefined && (
                <Fact name="Prices waiting for a decision">
                  <Link to="/prices" search={(old: object) => ({ ...old, tab: "quarantine" as const })} className="link">
                    {waiting.data.total === 0 ? "none" : count(waiting.data.total)}
                  </Link>
                </Fact>
              )}
            </dl>
          )}
        </Panel>
        <Panel title="Workers" query={health} minHeight={120}>
          {({ workers }) => (
            <ul className="flex flex-col gap-2 text-sm">
              {Object.entries(workers).map(([name, { status, detail }]) => (
                <li key={name} className="flex flex-wrap items-center gap-2">
                  <Badge tone={tones[status]}>{status}</Badge>
                  <span className="font-medium">{name}</span>
                  <span className="text-xs text-muted">{facts(detail)}</span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <Panel
        title={
          <span className="inline-flex items-center gap-2">
            Do the sums agree? {integrity.data !== undefined && <Badge tone={integrity.data.status === "ok" ? "good" : "danger"}>{integrity.data.status === "ok" ? "yes, on these days, to the last digit" : "they differ"}</Badge>}
          </span>
        }
        query={integrity}
        minHeight={160}
      >
        {({ checks, period, last_verification, verification }) => (
          <>
            <p className="text-sm text-muted">
              Every sum of {period.start_date} to {period.end_date} recounted from the interactions just now.
              {last_verification !== null && ` The hourly verification last ran ${zoneTime(last_verification.started_at, timeZone)}: ${last_verification.status}${last_verification.error === null ? "" : `, ${last_verification.error}`}.`}
            </p>
            <p className="flex flex-wrap items-center gap-2 text-sm">
              <Badge tone={verdicts[verification.status].tone}>{verdicts[verification.status].name}</Badge>
              <span className="text-muted">
                {verdicts[verification.status].text}
                {verification.last_full_pass !== null && ` The last full pass began ${zoneTime(verification.last_full_pass.started_at, timeZone)} and read ${plural(verification.last_full_pass.interaction_count, "interaction")} and ${plural(verification.last_full_pass.estimate_count, "estimate")}.`}
              </span>
            </p>
            {verification.findings.length > 0 && (
              <DataTable
                caption="What the verification found"
                rows={verification.findings}
                rowKey={({ found_at, check, subject }) => `${found_at}/${check}/${subjectText(subject)}`}
                columns={[
                  { key: "found", name: "Found", cell: ({ found_at }) => zoneTime(found_at, timeZone) },
                  { key: "check", name: "Check", cell: ({ check, subject }) => `${checkName(check)}: ${subjectText(subject)}` },
                  { key: "correction", name: "What was done", cell: ({ correction }) => correction ?? <Badge tone="danger">needs a person</Badge> },
                ]}
              />
            )}
            <DataTable
              caption="Checks"
              rows={checks}
              rowKey={({ name }) => name}
              columns={[
                { key: "name", name: "Check", cell: ({ name }) => checkName(name) },
                { key: "ok", name: "Result", cell: ({ ok }) => <Badge tone={ok ? "good" : "danger"}>{ok ? "equal" : "differs"}</Badge> },
                { key: "expected", name: "From the interactions", from: "md", cell: ({ expected }) => <code className="text-xs break-all">{expected}</code> },
                { key: "found", name: "In the sums", from: "lg", cell: ({ found, ok }) => <code className={`text-xs break-all ${ok ? "" : "text-danger"}`}>{found}</code> },
              ]}
            />
          </>
        )}
      </Panel>
      <Panel title="Scheduled runs" query={jobs} minHeight={110} actions={mayChange && <RunJob timeZone={timeZone} />}>
        {({ items }) => <JobTracker runs={items} timeZone={timeZone} />}
      </Panel>
      <LeftOut />
      {mayChange && <Rejections timeZone={timeZone} />}
    </>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
