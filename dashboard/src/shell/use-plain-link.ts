import { useMatches, useRouter } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { afterPaint } from "../ui/after-paint.ts";
import { sharedSearch, stringifySearch } from "../prepare/search.ts";

/** What makes an `<a>` a link of this site. */
type PlainLink = { href: string; onClick: (event: MouseEvent<HTMLAnchorElement>) => void };

/**
 * Links by the dozen, such as one for each bar of a chart: real addresses, written without the router's
 * work for each, and nothing is fetched while the pointer passes over them. Without a path a link stays
 * on the page and changes its search; with one it takes along what every page keeps.
 */
export function usePlainLink(): (change: object, path?: string) => PlainLink {
  const router = useRouter();
  // What the page that is shown made of its address.
  const search = useMatches({ select: (matches) => matches.at(-1)?.search ?? {} }) as Record<string, unknown>;
  return (change, path) => {
    const kept = path === undefined ? search : sharedSearch(search);
    const page = path === undefined ? router.state.location.publicHref.replace(/[?#].*$/, "") : `/app${path}`;
    const href = page + stringifySearch({ ...kept, ...change });
    return {
      href,
      onClick: (event) => {
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.altKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        router.history.push(href);
        // The link goes away with the answer that it stood in: the reader goes on from the page's name.
        if (path === undefined) afterPaint(() => document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true }));
      },
    };
  };
}
