import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/** How long a page that one returns to may take to show the link again. */
const patienceMs = 5_000;

/** Gives the focus back: whoever returns to a page stands on the link that led away from it. */
export function useFocusReturn(): void {
  const router = useRouter();
  useEffect(() => {
    const left = new Map<string, string>();
    let stopLooking = () => undefined as void;
    const lookFor = (href: string) => {
      const find = () => {
        // Whoever has moved on meanwhile is not called back.
        if (document.activeElement !== document.body) return stopLooking();
        const link = [...document.querySelectorAll<HTMLElement>("main a[href]")].find((one) => one.getAttribute("href") === href);
        if (link === undefined) return;
        stopLooking();
        link.focus();
      };
      const observer = new MutationObserver(find);
      const timer = setTimeout(() => stopLooking(), patienceMs);
      stopLooking = () => {
        observer.disconnect();
        clearTimeout(timer);
        stopLooking = () => undefined;
      };
      observer.observe(document.body, { subtree: true, childList: true });
      find();
    };
    const offLeave = router.subscribe("onBeforeNavigate", ({ fromLocation, hrefChanged }) => {
      stopLooking();
      const key = fromLocation?.state.__TSR_key;
      const href = document.activeElement?.closest("main a[href]")?.getAttribute("href");
      if (key !== undefined && href !== undefined && href !== null && hrefChanged) left.set(key, href);
    });
    const offArrive = router.subscribe("onRendered", ({ toLocation, hrefChanged }) => {
      const key = toLocation.state.__TSR_key;
      const href = key === undefined ? undefined : left.get(key);
      if (href !== undefined && hrefChanged) lookFor(href);
    });
    return () => {
      offLeave();
      offArrive();
      stopLooking();
    };
  }, [router]);
}
