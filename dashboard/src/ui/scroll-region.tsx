import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { cn } from "./class-names.ts";

/** A block that may be wider than the page: it scrolls by itself, and the keyboard reaches it when it does. */
export function ScrollRegion({ label, className, children }: { label: string; className?: string | undefined; children: ReactNode }) {
  const ref = useRef<HTMLDivElement | null>(null);
  const [scrolls, setScrolls] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const look = () => setScrolls(element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={ref} className={cn("relative", scrolls ? "overflow-x-auto" : "overflow-x-clip", className)} {...(scrolls ? { tabIndex: 0, role: "region", "aria-label": label } : {})}>
      {children}
    </div>
  );
}
