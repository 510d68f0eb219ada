import { share } from "../prepare/quantity.ts";
import { ShareBar } from "./share-bar.tsx";

/** A share as a bar and its number, the bars of a column one below the other. */
export function ShareCell({ ratio }: { ratio: number | null }) {
  return (
    <span className="inline-flex items-center gap-2">
      <span className="hidden lg:inline">
        <ShareBar ratio={ratio} />
      </span>
      <span className="min-w-13">{share(ratio)}</span>
    </span>
  );
}
