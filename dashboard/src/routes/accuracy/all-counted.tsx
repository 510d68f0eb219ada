import { useQuery } from "@tanstack/react-query";
import { watermarkQuery } from "../../api/queries/ledger.ts";
import { dayLabel } from "../../prepare/day.ts";
import { Icon } from "../../ui/icon.tsx";
import { PanelMessage } from "../../ui/panel-message.tsx";

/** Nothing is missing, since a day; where nothing has arrived at all, that is said instead. */
export function AllCounted({ title, since }: { title: string; since: string }) {
  const { data } = useQuery(watermarkQuery);
  if (data === undefined || data.first_day === null) return <PanelMessage state={{ kind: "never" }} retry={() => undefined} />;
  const from = since < data.first_day ? data.first_day : since;
  return (
    <p className="m-auto flex flex-col items-center gap-2 py-8 text-center">
      <Icon name="check" size={24} className="text-good" />
      <span className="font-semibold">{title}</span>
      <span className="text-sm text-muted">Since {dayLabel(from, "withYear")}.</span>
    </p>
  );
}
