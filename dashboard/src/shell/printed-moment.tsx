import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { watermarkQuery } from "../api/queries/ledger.ts";
import { zoneTime } from "../prepare/zone-time.ts";

/** Up to when the data on paper goes, and when it was printed. */
export function PrintedMoment() {
  const { data } = useQuery({ ...watermarkQuery, enabled: false });
  const [now, setNow] = useState(() => new Date().toISOString());
  useEffect(() => {
    const look = () => setNow(new Date().toISOString());
    window.addEventListener("beforeprint", look);
    return () => window.removeEventListener("beforeprint", look);
  }, []);
  if (data === undefined) return null;
  const { as_of, reporting_time_zone: zone } = data;
  return (
    <>
      {as_of === null ? "no data yet" : `data to ${zoneTime(as_of, zone, "full")}`} · printed {zoneTime(now, zone, "full")}
    </>
  );
}
