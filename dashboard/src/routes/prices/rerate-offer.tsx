import type { RerateRequest } from "../../api/queries/rerate.ts";
import { Button } from "../../ui/button.tsx";
import { RerateReview, useRerate } from "./rerate-review.tsx";

/** Offers to estimate again what a change has left as it was: a look first, in place. */
export function RerateOffer({ wish, label }: { wish: RerateRequest; label: string }) {
  const steps = useRerate();
  return (
    <RerateReview steps={steps}>
      <div>
        <Button disabled={steps.review.isPending} onClick={() => steps.review.mutate(wish)}>
          {steps.review.isPending ? "Looking…" : label}
        </Button>
      </div>
    </RerateReview>
  );
}
