import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { DailyStats } from "../../api/model.ts";
import { BridgeChart } from "../../charts/bridge-chart.tsx";
import { prepareBridge, type BridgeStep, visibleSteps } from "../../prepare/bridge.ts";
import { changeText } from "../../prepare/change.ts";
import { rangeLabel } from "../../prepare/day.ts";
import { compare, exactDifference, magnitude, sign } from "../../prepare/decimal.ts";
import { modelName, typeName } from "../../prepare/group-name.ts";
import { listMoney, signedMoney, tileMoney } from "../../prepare/money.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Panel } from "../../ui/panel.tsx";

type Bridge = NonNullable<DailyStats["bridge"]>;
type Item = Bridge["items"][number];
const itemsShown = 6;

/** Why this period costs more or less than the other, step by step to the last digit. */
export function BridgePanel({ query }: { query: UseQueryResult<DailyStats> }) {
  const { today } = useSlice();
  const [opened, setOpened] = useState<string | null>(null);
  const difference = query.data?.comparison?.cost_change.difference ?? null;
  const isLike = query.data?.comparison?.comparable === true;
  return (
    <Panel title={isLike && difference !== null ? `What changed: ${signedMoney(difference)}` : "What changed"} query={query}>
      {({ bridge, comparison }) => {
        const change = changeText(comparison?.cost_change ?? null, comparison);
        if (bridge === null || comparison === null || change.kind === "none") return <NothingCompared reason={change.kind === "none" ? change.reason : "There is nothing to compare."} />;
        const name = (period: typeof comparison.current, otherwise: string) => (period === null ? otherwise : rangeLabel(period.start_date, period.end_date, today));
        const laid = prepareBridge({ name: name(comparison.previous, "Before"), amount: bridge.from }, stepsOf(bridge), { name: name(comparison.current, "Now"), amount: bridge.to });
        return (
          <BridgeChart
            bridge={laid}
            format={({ kind, amount }) => (kind === "total" ? tileMoney(amount) : (sign(amount) > 0 ? "+" : "") + listMoney(amount))}
            renderName={({ key, kind, name: text }) =>
              kind === "total" || itemsOf(bridge, key).length === 0 ? (
                text
              ) : (
                <button type="button" aria-expanded={opened === key} onClick={() => setOpened(opened === key ? null : key)} className="inline-flex min-h-6 items-center gap-1 rounded-sm text-left hover:underline">
                  <Icon name={opened === key ? "down" : "right"} size={12} />
                  {text}
                </button>
              )
            }
            renderDetail={({ key, name: text }) => (opened === key ? <StepItems items={itemsOf(bridge, key)} step={text} /> : null)}
          />
        );
      }}
    </Panel>
  );
}

/** The API's parts of the difference, as steps. */
function stepsOf(bridge: Bridge): BridgeStep[] {
  return visibleSteps([
    { key: "volume", name: sign(bridge.volume) < 0 ? "Less use" : "More use", amount: bridge.volume },
    // Both parts are the API's; their difference is what is left of the mix.
    { key: "mix", name: "Other models", amount: exactDifference(bridge.mix, bridge.token_mix) },
    { key: "token_mix", name: "Token types, cache", amount: bridge.token_mix },
    { key: "price", name: "Price changes", amount: bridge.price },
    { key: "new", name: "New models", amount: bridge.new },
    { key: "gone", name: "No longer used", amount: bridge.gone },
  ]);
}

/** The models behind a step, the largest part first; the mix inside models is not told by model. */
function itemsOf(bridge: Bridge, key: string): { item: Item; amount: string }[] {
  if (key !== "volume" && key !== "mix" && key !== "price" && key !== "new" && key !== "gone") return [];
  return bridge.items
    .map((item) => ({ item, amount: item[key] }))
    .filter(({ amount }) => sign(amount) !== 0)
    .toSorted((a, b) => compare(magnitude(b.amount), magnitude(a.amount)))
    .slice(0, itemsShown);
}

function StepItems({ items, step }: { items: ReturnType<typeof itemsOf>; step: string }) {
  return (
    <ul aria-label={`Behind: ${step}`} className="flex flex-col gap-0.5 border-l-2 border-line pl-3 text-xs">
      {items.map(({ item, amount }) => (
        <li key={`${item.provider}/${item.model}/${item.type}`} className="flex justify-between gap-3">
          <Link to="/models/$modelId" params={{ modelId: `${item.provider}/${item.model}` }} className="link truncate">
            {item.model === "" && item.provider === "" ? typeName(item.type) : modelName(item.model, item.provider)}
          </Link>
          <span className="num">{(sign(amount) > 0 ? "+" : "") + listMoney(amount)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Why there is no bridge, and the comparison that most often can be made. */
function NothingCompared({ reason }: { reason: string }) {
  const { query } = useSlice();
  return (
    <div className="flex flex-col items-start gap-2 text-sm text-muted">
      <p>{reason}</p>
      {query.compare !== "previous" && (
        <Link to="." search={(old: object) => ({ ...old, cmp: "prev" as const })} className={buttonClass()}>
          Compare with the period before
        </Link>
      )}
    </div>
  );
}
