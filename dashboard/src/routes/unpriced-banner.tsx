import { Link } from "@tanstack/react-router";
import { useLayoutEffect, useRef } from "react";
import { remember, remembered } from "../api/browser-memory.ts";
import type { SystemStats } from "../api/model.ts";
import { compactCount, plural } from "../prepare/quantity.ts";
import { useCaller } from "../api/caller.ts";
import { Icon } from "../ui/icon.tsx";

/** What the totals of the page do not cover, if anything. */
export function UnpricedBanner({ system }: { system: SystemStats | undefined }) {
  const { readsAll } = useCaller();
  const ref = useRef<HTMLParagraphElement | null>(null);
  useLayoutEffect(() => {
    if (system !== undefined) remember("banner", String(ref.current?.offsetHeight ?? 0));
  }, [system]);
  // As much room as it took last time, so that nothing jumps when it comes.
  if (system === undefined) {
    const height = Math.min(Number(remembered("banner") ?? 0) || 0, 200);
    return height === 0 ? null : <div aria-hidden="true" style={{ height }} />;
  }
  if (system.coverage.unpriced_interactions + system.coverage.partial_interactions === 0) return null;
  const { unpriced_interactions, unpriced_tokens, partial_interactions } = system.coverage;
  const models = system.unpriced_models.length;
  const what = system.unpriced_models.some(({ model }) => model === "") ? "models or tools" : "models";
  return (
    <p ref={ref} className="flex flex-wrap items-center gap-x-2 gap-y-1 rounded-card border border-warn-line bg-warn-surface px-4 py-2 text-sm text-warn" data-testid="unpriced-banner">
      <Icon name="warning" />
      {unpriced_interactions > 0 ? (
        <span>
          <strong>{models === 1 ? `1 ${what.includes("tools") ? "kind of call" : "model"} has no price` : `${models >= 10 ? "10 or more" : models} ${what} have no price`}</strong> · {compactCount(unpriced_tokens)} tokens in {plural(unpriced_interactions, "interaction")} are not in these totals.
          {partial_interactions > 0 && ` ${plural(partial_interactions, "interaction")} more are priced in part.`}
        </span>
      ) : (
        <span>
          <strong>{plural(partial_interactions, "interaction")}</strong> {partial_interactions === 1 ? "is" : "are"} priced in part: a piece of each has no price and is not in these totals.
        </span>
      )}
      {readsAll && (
        <Link to="/unpriced" className="ml-auto font-semibold no-underline hover:underline">
          Review →
        </Link>
      )}
    </p>
  );
}
