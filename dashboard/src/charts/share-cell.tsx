import { share } from "../prepare/quantity.ts";
import { ShareBar } from "./share-bar.tsx";

/** A share as a bar and its number, the bars of a column one below the other; the longest is the `largest` of them. */
export function ShareCell({ ratio, largest = 1, text = share(ratio) }: { ratio: number | null; largest?: number; text?: string }) {
  return (
    <span className="inline-flex items-center gap-2">
      <span className="hidden lg:inline">
        <ShareBar ratio={ratio === null || largest <= 0 ? null : ratio / largest} />
      </span>
      <span className="min-w-13">{text}</span>
    </span>
  );
}

/** The largest share of a column, which its bars are drawn against. */
export function largestShare(ratios: readonly (number | null)[]): number {
  return Math.max(0, ...ratios.map((ratio) => ratio ?? 0));
}
