import { useMutation, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { decide, pricesKey, type Waiting } from "../../api/queries/prices.ts";
import type { components } from "../../api/pricing-schema.d.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Modal } from "../../ui/modal.tsx";
import { Panel } from "../../ui/panel.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { rateScope, rateText } from "./rate-text.ts";

type Asked = { waiting: Waiting; decision: "approve" | "reject" };

/** Rates that look wrong wait here; what is in force stays in force until someone decides. */
export function Quarantine({ query, mayChange }: { query: UseQueryResult<components["schemas"]["QuarantineList"]>; mayChange: boolean }) {
  const { timeZone } = useSlice();
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <>
      <Panel query={query} minHeight={240} title="Waiting for a decision">
      {({ items }) =>
        items.length === 0 ? (
          <p className="m-auto text-sm text-muted">Nothing waits. A price that falls to zero or jumps by more than a factor of three would.</p>
        ) : (
          <DataTable
            caption="Prices that wait for a decision"
            rows={items}
            rowKey={({ quarantined }) => String(quarantined.id)}
            columns={[
              { key: "model", name: "Model", cell: ({ quarantined }) => <span className="flex flex-col"><span>{quarantined.model || "no model"}</span><span className="text-xs text-faint">{quarantined.provider}</span></span> },
              { key: "what", name: "What", from: "sm", cell: ({ quarantined }) => rateScope(quarantined) },
              { key: "now", name: "In force", numeric: true, cell: ({ in_force }) => (in_force === null ? <NoPrice>nothing</NoPrice> : rateText(in_force)) },
              { key: "new", name: "Waiting", numeric: true, cell: ({ quarantined }) => <strong>{rateText(quarantined)}</strong> },
              { key: "why", name: "Why it waits", from: "md", cell: ({ quarantined }) => <span className="text-xs text-muted">{quarantined.reason ?? "—"} · {quarantined.source}{quarantined.observed_at !== null && `, ${zoneTime(quarantined.observed_at, timeZone, "day")}`}</span> },
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
          />
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
