import type { ReactElement } from "react";
import { useCaller } from "../../api/caller.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { PanelMessage } from "../../ui/panel-message.tsx";
import { LeftOut } from "../health/left-out.tsx";
import { Rejections } from "../health/rejections.tsx";
import { NotCountedTabs } from "./not-counted-tabs.tsx";

/** What arrived and is in no total at all, by its reason. */
export function NotTakenPage(): ReactElement {
  const { timeZone } = useSlice();
  const { mayChange } = useCaller({ asks: true });
  return (
    <>
      <PageHeader title="Not counted" name="Not taken" hasSlice={false} />
      <NotCountedTabs />
      <p className="max-w-prose text-sm text-muted">What was sent here and refused or left out: it is in no total and in no list. Only names and reasons are kept of it, never a text.</p>
      <LeftOut />
      {mayChange ? (
        <Rejections timeZone={timeZone} />
      ) : (
        <section className="card flex p-4" data-state="forbidden">
          <PanelMessage state={{ kind: "forbidden", reason: "What was refused names its senders: that needs a key with scope admin." }} retry={() => undefined} />
        </section>
      )}
    </>
  );
}
