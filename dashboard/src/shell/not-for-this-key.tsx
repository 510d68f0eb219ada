import { PanelMessage } from "../ui/panel-message.tsx";
import { PageHeader } from "./page-header.tsx";

/** A page of everybody's numbers, opened with a key that reads one person's: some of its questions would be answered with those. */
export function NotForThisKey({ name }: { name: string }) {
  return (
    <>
      <PageHeader title={name} name={name} hasSlice={false} />
      <PanelMessage state={{ kind: "forbidden", reason: "This page is about everybody; the key reads one person's own numbers." }} retry={() => undefined} />
    </>
  );
}
