import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { Session } from "../../api/model.ts";
import { interactionsQuery, sessionQuery } from "../../api/queries/sessions.ts";
import { exactMoney, knownCost, rowMoney } from "../../prepare/money.ts";
import { compactCount, count, duration, plural } from "../../prepare/quantity.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Badge, NoPrice } from "../../ui/badge.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SaveTable } from "../../ui/save-table.tsx";
import { InteractionTable } from "./interaction-table.tsx";
import { interactionFile } from "./interaction-file.ts";
import { SessionCost } from "./session-cost.tsx";
import { SessionTimelinePanel } from "./session-timeline-panel.tsx";
import { useSessionOffset } from "./session-offset.ts";

/** Whether a session began on another day than it ended. */
function spansDays({ start_time, end_time, last_seen }: Session, timeZone: string): boolean {
  return zoneTime(start_time, timeZone, "day") !== zoneTime(end_time ?? last_seen, timeZone, "day");
}

/** One session: what it cost, when, and why. */
export function SessionPage(): ReactElement {
  const { sessionId } = useParams({ from: "/shell/sessions/$sessionId" });
  const { timeZone } = useSlice();
  const detail = useQuery(sessionQuery(sessionId));
  const offset = useSessionOffset();
  const later = useQuery({ ...interactionsQuery(sessionId, offset), enabled: offset > 0 });
  const session = detail.data?.session;
  return (
    <>
      <PageHeader
        name={`Session ${sessionId}`}
        hasSlice={false}
        trail={
          <Link to="/sessions" className="link text-sm">
            ← Sessions
          </Link>
        }
        title={<span className="font-mono text-lg break-all">{sessionId}</span>}
        actions={
          <>
            <CopyButton text={sessionId} label="Copy id" />
            {detail.data !== undefined && <SaveTable file={interactionFile(detail.data, timeZone)} />}
          </>
        }
      />
      <Panel query={detail} minHeight={62}>
        {({ session: one, outlier, coverage }) => (
          <div className="flex flex-wrap items-end gap-x-8 gap-y-3">
            <div>
              <p className="text-sm text-muted">Cost</p>
              <p className="text-hero leading-tight font-bold tracking-tight" data-testid="session-total" data-exact={one.total_cost ?? ""} title={exactMoney(one.total_cost)}>
                {knownCost(one) === null ? <NoPrice /> : rowMoney(one.total_cost)}
              </p>
            </div>
            <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm">
              <Fact name="User">
                {one.user_id === "" ? (
                  "No user"
                ) : (
                  <Link to="/users/$userId" params={{ userId: one.user_id }} search={(old: object) => ({ ...old, tenant: one.tenant_id || undefined })} className="link">
                    {one.user_label ?? one.user_id}
                  </Link>
                )}
              </Fact>
              <Fact name="Agents">{one.agent_names.length === 0 ? "none" : <span title={one.agents.join(", ")}>{one.agent_names.join(", ")}</span>}</Fact>
              <Fact name="When">
                <time dateTime={one.start_time}>{zoneTime(one.start_time, timeZone)}</time>–<time dateTime={one.end_time ?? one.last_seen}>{zoneTime(one.end_time ?? one.last_seen, timeZone, spansDays(one, timeZone) ? "dayMinute" : "minute")}</time> ({duration(one.duration_ms)})
              </Fact>
              <Fact name="Interactions">{count(one.interaction_count)}</Fact>
              <Fact name="Tokens">
                <span title={count(one.token_count)}>{compactCount(one.token_count)}</span>
              </Fact>
            </dl>
            <div className="ml-auto flex flex-wrap gap-1.5">
              <Badge tone={one.status === "open" ? "good" : "neutral"}>{one.status}</Badge>
              {one.error_count > 0 && <Badge tone="danger">{count(one.error_count)} failed</Badge>}
              {coverage.unpriced_interactions > 0 && <Badge tone="warn">{plural(coverage.unpriced_interactions, "interaction")} without a price</Badge>}
              {outlier.is_outlier && <Badge tone="warn" title={`The median of this user's last ${plural(outlier.session_count, "session")} is ${rowMoney(outlier.median_cost)}`}>{outlier.ratio === null ? "unusually costly" : `${outlier.ratio.toFixed(1)} × the user's median`}</Badge>}
              {one.mixed_users && <Badge title="The user shown is that of the earliest event">mixed users</Badge>}
              {one.archived && <Badge>archived</Badge>}
            </div>
          </div>
        )}
      </Panel>
      <SessionTimelinePanel query={detail} />
      <SessionCost query={detail} />
      <Panel title={session === undefined ? "Interactions" : plural(session.interaction_count, "interaction")} query={detail} minHeight={240} isEmpty={({ interactions }) => interactions.total_count === 0}>
        {({ interactions, session: one }) => <InteractionTable page={offset > 0 && later.data !== undefined ? later.data : interactions} total={one.total_cost} timeZone={timeZone} showsDays={spansDays(one, timeZone)} />}
      </Panel>
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
