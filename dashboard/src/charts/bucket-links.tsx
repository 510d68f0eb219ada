import { type KeyboardEvent, type MouseEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";

/** Where a bucket leads: its address, and what a plain click does instead of loading it anew. */
export type BucketLink = { href: string; onClick: (event: MouseEvent<HTMLAnchorElement>) => void };

type BucketLinksProps = {
  /** Where each bucket lies, in pixels of the plot. */
  buckets: readonly { left: number; width: number; name: string; lines: readonly string[]; id: string; top?: number; height?: number }[];
  top: number;
  height: number;
  /** Where each bucket leads; the chart does not know the router. */
  linkOf: (index: number) => BucketLink;
  /** What to show beside the bucket under the pointer or the focus. */
  renderTip: (index: number) => ReactNode;
  label: string;
};

/**
 * The reading layer of a chart: one real link per bucket over an invisible drawing, one tab stop.
 * Left and right step, Home and End jump, up and down read the parts, Enter opens, Escape leaves.
 * A finger's first tap reads, the second one opens.
 */
export function BucketLinks({ buckets, top, height, linkOf, renderTip, label }: BucketLinksProps) {
  const [stop, setStop] = useState(buckets.length - 1);
  const [shown, setShown] = useState<number | null>(null);
  const [line, setLine] = useState(-1);
  const [said, setSaid] = useState("");
  // Which bucket a finger has opened to be read, and whether the press under way is a finger's.
  const [read, setRead] = useState<number | null>(null);
  const isTouch = useRef(false);
  const tabStop = Math.min(Math.max(stop, 0), buckets.length - 1);

  const focus = (from: Element, index: number) => {
    const next = Math.min(Math.max(index, 0), buckets.length - 1);
    setStop(next);
    setLine(-1);
    from.closest("ol")?.querySelectorAll("a")[next]?.focus();
  };
  const readLine = (step: number) => {
    const lines = buckets[tabStop]?.lines ?? [];
    if (lines.length === 0) return;
    const next = (line + step + lines.length) % lines.length;
    setLine(next);
    setSaid(lines[next] ?? "");
  };
  const onKeyDown = (event: KeyboardEvent<HTMLAnchorElement>) => {
    const moves: Record<string, () => void> = {
      ArrowLeft: () => focus(event.currentTarget, tabStop - 1),
      ArrowRight: () => focus(event.currentTarget, tabStop + 1),
      Home: () => focus(event.currentTarget, 0),
      End: () => focus(event.currentTarget, buckets.length - 1),
      ArrowUp: () => readLine(-1),
      ArrowDown: () => readLine(1),
      Escape: () => {
        setShown(null);
        event.currentTarget.blur();
      },
    };
    const move = event.altKey || event.ctrlKey || event.metaKey ? undefined : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };

  const press = (event: PointerEvent) => {
    isTouch.current = event.pointerType === "touch";
  };
  const open = (index: number, follow: BucketLink["onClick"]) => (event: MouseEvent<HTMLAnchorElement>) => {
    if (isTouch.current && read !== index) {
      event.preventDefault();
      setRead(index);
      setShown(index);
      return;
    }
    follow(event);
  };

  const tip = shown === null ? undefined : buckets[shown];
  const rightmost = Math.max(0, ...buckets.map(({ left, width }) => left + width));
  return (
    <>
      <ol aria-label={label} onPointerLeave={() => setShown(null)} className="print-hidden">
        {buckets.map((bucket, index) => {
          const { href, onClick } = linkOf(index);
          return (
            <li key={bucket.id} className="absolute" style={{ left: bucket.left, width: bucket.width, top: bucket.top ?? top, height: bucket.height ?? height }}>
              <a
                href={href}
                onPointerDown={press}
                onClick={open(index, onClick)}
                tabIndex={index === tabStop ? 0 : -1}
                aria-label={[bucket.name, ...bucket.lines].join("; ")}
                className="absolute inset-0 rounded-sm hover:bg-accent/7 focus-visible:bg-accent/7"
                onKeyDown={onKeyDown}
                onPointerEnter={() => setShown(index)}
                onFocus={() => {
                  setShown(index);
                  setStop(index);
                }}
                onBlur={() => {
                  setShown(null);
                  setRead(null);
                }}
              />
            </li>
          );
        })}
      </ol>
      <span role="status" className="sr-only">
        {said}
      </span>
      {tip !== undefined && shown !== null && (
        <div
          aria-hidden="true"
          className="pointer-events-none absolute z-20 w-max max-w-[min(18rem,calc(50%-0.5rem))] rounded-control border border-line bg-raised px-3 py-2 text-xs shadow-[0_4px_16px_var(--color-shadow)]"
          style={tip.left + tip.width / 2 < rightmost / 2 ? { left: tip.left + tip.width + 8, top: top + 4 } : { right: `calc(100% - ${tip.left - 8}px)`, top: top + 4 }}
        >
          {renderTip(shown)}
          {read === shown && <div className="mt-1 border-t border-line pt-1 text-muted">Tap again to open</div>}
        </div>
      )}
    </>
  );
}
