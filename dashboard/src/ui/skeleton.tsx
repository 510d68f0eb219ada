/** A place kept for what is being loaded, as tall as what will stand there. */
export function Skeleton({ height }: { height: number }) {
  return (
    <div role="status" className="w-full">
      <span className="sr-only">Loading</span>
      <div aria-hidden="true" className="w-full animate-pulse rounded-control bg-track" style={{ height }} />
    </div>
  );
}
