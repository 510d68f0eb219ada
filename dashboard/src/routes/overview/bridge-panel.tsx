import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { DailyStats } from "../../api/model.ts";
import { BridgeChart } from "../../charts/bridge-chart.tsx";
import { prepareBridge, type BridgeStep } from "../../prepare/bridge.ts";
import { changeText } from "../../prepare/change.ts";
import { rangeLabel } from "../../prepare/day.ts";
import { compare, exactDifference, sign } from "../../prepare/decimal.ts";
import { modelName } from "../../prepare/group-name.ts";
import { columnMoney, columnPlaces, signedMoney } from "../../prepare/money.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Panel } from "../../ui/panel.tsx";

/** Why this period costs more or less than the other, step by step to the last digit. */
export function BridgePanel({ query }: { query: UseQueryResult<DailyStats> }) {
  const { today } = useSlice();
  const difference = query.data?.comparison?.cost_change.difference ?? null;
  const isLike = query.data?.comparison?.comparable === true;
  return (
    <Panel title={isLike && difference !== null ? `What changed: ${signedMoney(difference)}` : "What changed"} query={query} minHeight={230}>
      {({ bridge, comparison }) => {
        const change = changeText(comparison?.cost_change ?? null, comparison);
        if (bridge === null || comparison === null || change.kind === "none") {
          return <p className="m-auto max-w-sm text-center text-sm text-muted">{change.kind === "none" ? change.reason : "There is nothing to compare."} So no change is explained here.</p>;
        }
        const name = (period: typeof comparison.current, otherwise: string) => (period === null ? otherwise : rangeLabel(period.start_date, period.end_date, today));
        const steps: BridgeStep[] = [
          { key: "volume", name: sign(bridge.volume) < 0 ? "Less use" : "More use", amount: bridge.volume },
          // Both parts are the API's; their difference is what is left of the mix.
          { key: "mix", name: "Other models", amount: exactDifference(bridge.mix, bridge.token_mix) },
          { key: "token_mix", name: "Token types, cache", amount: bridge.token_mix },
          { key: "price", name: "Price changes", amount: bridge.price },
          { key: "new", name: "New models", amount: bridge.new },
          { key: "gone", name: "No longer used", amount: bridge.gone },
        ].filter(({ amount }) => sign(amount) !== 0);
        const laid = prepareBridge({ name: name(comparison.previous, "Before"), amount: bridge.from }, steps, { name: name(comparison.current, "Now"), amount: bridge.to });
        const places = compare(bridge.to, "1") >= 0 || compare(bridge.from, "1") >= 0 ? 2 : columnPlaces([bridge.from, bridge.to, ...steps.map(({ amount }) => amount)]);
        const movers = bridge.items.slice(0, 3);
        return (
          <>
            <BridgeChart bridge={laid} format={({ kind, amount }) => (kind !== "total" && sign(amount) > 0 ? "+" : "") + columnMoney(amount, places)} renderName={({ key, name: text }) => (key === "before" || key === "after" ? text : <Link to="/explore" search={(old: object) => ({ ...old, by: "model" as const, m: undefined })} className="no-underline hover:underline">{text}</Link>)} />
            {laid.remainder !== "0" && <p className="text-xs text-warn">{signedMoney(laid.remainder)} is not explained by these steps.</p>}
            {movers.length > 0 && (
              <p className="text-xs text-muted">
                Moved most: {movers.map(({ provider, model }) => modelName(model, provider)).join(", ")}.
              </p>
            )}
          </>
        );
      }}
    </Panel>
  );
}
