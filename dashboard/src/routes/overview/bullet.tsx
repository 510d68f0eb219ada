import { PatternLines } from "@visx/pattern";
import { useId } from "react";
import type { Bullet as BulletLayout } from "../../prepare/forecast.ts";

/** Spent, projected and the projection's range on one bar; the sentence below says the same. */
export function Bullet({ bullet }: { bullet: BulletLayout }) {
  const hatch = useId();
  return (
    <svg aria-hidden="true" width="100%" height="10" className="block">
      <PatternLines id={hatch} width={5} height={5} stroke="var(--color-accent)" strokeWidth={1.6} orientation={["diagonal"]} />
      <rect width="100%" height="10" rx="5" fill="var(--color-track)" />
      <rect x={`${bullet.spent}%`} width={`${bullet.projected}%`} height="10" fill={`url(#${hatch})`} />
      <rect width={`${bullet.spent}%`} height="10" rx="5" fill="var(--color-accent)" />
      <rect x={`${bullet.low}%`} width="2" height="10" fill="var(--color-mark)" />
    </svg>
  );
}
