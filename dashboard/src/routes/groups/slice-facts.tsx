import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Comparison, Figures } from "../../api/model.ts";
import { changeText } from "../../prepare/change.ts";
import { cacheEffect } from "../../prepare/cost-sentence.ts";
import { abortedNote } from "../../prepare/coverage.ts";
import { exactMoney, knownCost, tileMoney } from "../../prepare/money.ts";
import { compactCount, count, plural, share } from "../../prepare/quantity.ts";
import { NoPrice } from "../../ui/badge.tsx";
import { ChangeText } from "../../ui/change-text.tsx";
import { Panel } from "../../ui/panel.tsx";

type Told = { total: Figures; comparison: Comparison | null };

type SliceFactsProps<Data extends Told> = {
  query: UseQueryResult<Data>;
  more?: (data: Data) => readonly (readonly [name: string, value: ReactNode])[];
  ledgerIsEmpty?: (data: Data) => boolean;
};

/** The head of a detail page: what it cost, how that moved, and the few facts that explain it. */
export function SliceFacts<Data extends Told>({ query, more, ledgerIsEmpty = () => false }: SliceFactsProps<Data>) {
  return (
    <Panel query={query} minHeight={62} isEmpty={({ total }) => total.interaction_count === 0} ledgerIsEmpty={ledgerIsEmpty}>
      {(data) => {
        const { total, comparison } = data;
        const facts: (readonly [string, ReactNode])[] = [
          ["Change", <ChangeText key="change" change={changeText(comparison?.cost_change ?? null, comparison)} withAmount />],
          ["Interactions", count(total.interaction_count)],
          ["Tokens", <span key="tokens" title={count(total.tokens.total)}>{compactCount(total.tokens.total)}</span>],
          ["An interaction", tileMoney(total.cost_per_interaction)],
          ["Failed", `${count(total.error_count)} (${share(total.error_rate)})${abortedNote(total)}`],
          ...(total.cache_hit_rate === null ? [] : [["Cache hits", `${share(total.cache_hit_rate)}${cacheEffect(total.cache_savings)}`] as const]),
          ...(total.unpriced_count > 0 ? [["No price", <NoPrice key="unpriced">{plural(total.unpriced_count, "interaction")}</NoPrice>] as const] : []),
          ...(more?.(data) ?? []),
        ];
        return (
          <div className="flex flex-wrap items-end gap-x-8 gap-y-3">
            <div>
              <h2 className="text-sm text-muted">Spend</h2>
              <p className="text-hero leading-tight font-bold tracking-tight" data-testid="total-cost" data-exact={total.total_cost ?? ""} title={exactMoney(total.total_cost)}>
                {knownCost(total) === null ? <NoPrice /> : tileMoney(total.total_cost)}
              </p>
            </div>
            <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm">
              {facts.map(([name, value]) => (
                <div key={name}>
                  <dt className="text-xs text-muted">{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </div>
        );
      }}
    </Panel>
  );
}
