import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { priceHistoryQuery } from "../../api/queries/prices.ts";
import { PriceStepsChart } from "../../charts/price-steps-chart.tsx";
import { seriesColour } from "../../charts/series-colour.ts";
import { resourceName } from "../../prepare/group-name.ts";
import { priceLines } from "../../prepare/price-steps.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Panel } from "../../ui/panel.tsx";
import { RateTable } from "./rate-table.tsx";

/** The prices of one model: in force, and as steps since the beginning. */
export function ModelPrices({ provider, model }: { provider: string; model: string }) {
  const { timeZone } = useSlice();
  const history = useQuery(priceHistoryQuery(provider, model));
  const [now] = useState(() => Date.now());
  return (
    <Panel title="Prices" query={history} minHeight={220}>
      {({ items }) => {
        if (items.length === 0) {
          return (
            <p className="text-sm text-muted">
              The price book has no price for this model. <Link to="/unpriced" className="link">Say what it costs</Link> and its use is priced from then on.
            </p>
          );
        }
        const lines = priceLines(items).filter(({ detail }) => detail === "");
        return (
          <>
            {lines.length > 0 && (
              <figure className="flex flex-col gap-2">
                <figcaption className="text-sm text-muted">Price per unit over time; dashed is assumed from the first price known.</figcaption>
                <PriceStepsChart lines={lines} now={now} timeZone={timeZone} />
                <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted" aria-label="Legend">
                  {lines.map(({ key, resource }, index) => (
                    <li key={key} className="flex items-center gap-1.5">
                      <span className="h-0.5 w-3" style={{ background: seriesColour(index < 6 ? index + 1 : null) }} />
                      {resourceName(resource)}
                    </li>
                  ))}
                </ul>
              </figure>
            )}
            <RateTable rates={items} caption={`Every price of ${model}`} timeZone={timeZone} showsModel={false} />
            <Link to="/prices" search={(old: object) => ({ ...old, q: `${provider}/${model}` })} className="link self-start text-sm">
              Change a price →
            </Link>
          </>
        );
      }}
    </Panel>
  );
}
