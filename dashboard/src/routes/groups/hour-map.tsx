import type { UserStats } from "../../api/model.ts";
import { prepareHourMap } from "../../prepare/hour-map.ts";
import { ScrollRegion } from "../../ui/scroll-region.tsx";
import { compactCount, plural } from "../../prepare/quantity.ts";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** The colour of a number on a step of the scale. */
function ink(step: number): string {
  return step < 5 ? "var(--color-text)" : step === 5 ? "var(--color-heat-ink-5)" : "var(--color-on-accent)";
}

/** Interactions by weekday and hour: a table whose cells are shaded, each with its number. */
export function HourMap({ hours, timeZone }: { hours: UserStats["hours"]; timeZone: string }) {
  const rows = prepareHourMap(hours);
  return (
    <ScrollRegion label="Interactions by weekday and hour">
      <table className="w-full min-w-[40rem] table-fixed border-separate border-spacing-0.5 text-2xs">
        <caption className="pb-2 text-left text-sm text-muted">Interactions of the last 28 days of the period by weekday and hour, {timeZone}</caption>
        <thead>
          <tr>
            <th scope="col" className="w-9 text-left font-normal text-faint">
              <span className="sr-only">Weekday</span>
            </th>
            {Array.from({ length: 24 }, (_, hour) => (
              <th key={hour} scope="col" className="font-normal text-faint">
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, index) => (
            <tr key={weekdays[index]}>
              <th scope="row" className="text-left font-normal text-faint">
                {weekdays[index]}
              </th>
              {cells.map(({ count, step }, hour) => (
                <td key={hour} className="h-6 rounded-xs p-0 text-center" style={step === 0 ? { background: "var(--color-track)" } : { background: `var(--color-heat-${step})`, color: ink(step) }} title={`${weekdays[index]} ${hour}:00: ${plural(count, "interaction")}`}>
                  {count === 0 ? <span className="sr-only">0</span> : compactCount(count)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
