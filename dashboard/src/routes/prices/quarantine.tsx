import { useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { decide, pricesKey, type Waiting } from "../../api/queries/prices.ts";
import type { components } from "../../api/pricing-schema.d.ts";
import { groupListQuery } from "../../api/queries/stats.ts";
import { doubtText } from "../../prepare/accuracy-words.ts";
import { addDays } from "../../prepare/day.ts";
import { plural } from "../../prepare/quantity.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Modal } from "../../ui/modal.tsx";
import { Panel } from "../../ui/panel.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { rateScope, rateText } from "./rate-text.ts";

/** How far back a model counts as used. */
const usedDays = 90;

type Asked = { waiting: Waiting; decision: "approve" | "reject" };

/** Rates that look wrong wait here; what is in force stays in force until someone decides. */
export function Quarantine({ query, mayChange }: { query: UseQueryResult<components["schemas"]["QuarantineList"]>; mayChange: boolean }) {
  const { timeZone, today } = useSlice();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [showsAll, setShowsAll] = useState(false);
  const used = useQuery(groupListQuery("models", { start_date: addDays(today, 1 - usedDays), end_date: today, limit: 500 }));
  const names = new Set((used.data?.items ?? []).map(({ group }) => group.id));
  // Until it is known what is used, nothing is hidden.
  const isUsed = ({ quarantined: { provider, model } }: Waiting) => used.data === undefined || names.has(`${provider}/${model}`);
  return (
    <>
      <Panel query={query} minHeight={240} title="Waiting for a decision">
      {({ items }) =>
        items.length === 0 ? (
          <p className="m-auto text-sm text-muted">Nothing waits. A price that falls to zero or jumps by more than a factor of three would.</p>
        ) : (
          <>
          {!showsAll && items.some((one) => !isUsed(one)) && (
            <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
              {items.some(isUsed) ? "" : "No price of a model in use waits. "}
              {plural(items.filter((one) => !isUsed(one)).length, "price")} of models that nobody used in {usedDays} days can wait.
              <Button onClick={() => setShowsAll(true)}>Show them</Button>
            </p>
          )}
          {(showsAll || items.some(isUsed)) && <DataTable
            caption="Prices that wait for a decision"
            rows={showsAll ? items : items.filter(isUsed)}
            rowKey={({ quarantined }) => String(quarantined.id)}
            columns={[
              { key: "model", name: "Model", cell: ({ quarantined }) => <span className="flex flex-col"><span>{quarantined.model || "no model"}</span><span className="text-xs text-faint">{quarantined.provider}</span></span> },
              { key: "what", name: "What", from: "sm", cell: ({ quarantined }) => rateScope(quarantined) },
              { key: "now", name: "In force", numeric: true, cell: ({ in_force }) => (in_force === null ? <NoPrice>nothing</NoPrice> : rateText(in_force)) },
              { key: "new", name: "Waiting", numeric: true, cell: ({ quarantined }) => <strong>{rateText(quarantined)}</strong> },
              { key: "why", name: "Why it waits", from: "md", cell: ({ quarantined }) => <span className="text-xs text-muted">{doubtText(quarantined.reason)} {quarantined.source}{quarantined.observed_at !== null && `, ${zoneTime(quarantined.observed_at, timeZone, "day")}`}</span> },
              ...(mayChange ? [{
                key: "act",
                name: <span className="sr-only">Decide</span>,
                numeric: true,
                cell: (waiting: Waiting) => (
                  <span className="inline-flex justify-end gap-1">
                    <Button onClick={() => setAsked({ waiting, decision: "approve" })} aria-label={`Approve ${waiting.quarantined.model} ${waiting.quarantined.resource_type}`}>
                      Approve
                    </Button>
                    <Button look="danger" onClick={() => setAsked({ waiting, decision: "reject" })} aria-label={`Reject ${waiting.quarantined.model} ${waiting.quarantined.resource_type}`}>
                      Reject
                    </Button>
                  </span>
                ),
              }] : []),
            ]}
          />}
          </>
        )
      }
      </Panel>
      {asked !== null && <Decision asked={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

/** Asks for the reason that is kept with the decision. */
function Decision({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const { quarantined } = asked.waiting;
  const decision = useMutation({
    mutationFn: () => decide(quarantined.id, asked.decision, reason.trim()),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: pricesKey });
    },
  });
  const isApproval = asked.decision === "approve";
  return (
    <Modal title={`${isApproval ? "Approve" : "Reject"} ${rateText(quarantined)} for ${quarantined.model || quarantined.provider}?`} isOpen onClose={onClose}>
      <p className="text-sm text-muted">{isApproval ? "It prices what happens from now on. Estimates that were made stay as they are." : "It stays out, also when its source repeats it. What is in force stays in force."}</p>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== "") decision.mutate();
        }}
      >
        <TextField label="Reason, kept with the decision" value={reason} maxLength={1000} required autoFocus onChange={(event) => setReason(event.target.value)} error={decision.error?.message ?? null} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look={isApproval ? "primary" : "danger"} type="submit" disabled={reason.trim() === "" || decision.isPending}>
            {isApproval ? "Approve" : "Reject"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
