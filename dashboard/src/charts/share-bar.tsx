/** How much of a whole, as a bar; the number stands beside it. */
export function ShareBar({ ratio, width = 64 }: { ratio: number | null; width?: number }) {
  const part = Math.min(1, Math.max(0, ratio ?? 0));
  return (
    <svg aria-hidden="true" width={width} height={8} className="own-colours inline-block align-middle">
      <rect width={width} height={8} rx={2} fill="var(--color-track)" />
      {part > 0 && <rect width={Math.max(1.5, width * part)} height={8} rx={2} fill="var(--color-accent)" />}
    </svg>
  );
}
