import { type ComponentType, use } from "react";
import { UnreachableError } from "../api/api-error.ts";

const pages: (() => Promise<void>)[] = [];

/** Whether the site itself still answers: then a missing piece means that a newer release has replaced it. */
async function siteAnswers(): Promise<boolean> {
  try {
    return (await fetch(document.baseURI, { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/** How long a failure stands before the next attempt loads again. */
const retryAfterMs = 500;
const reloadedFor = "tokentill.reloaded";

/** Loads the page anew, once for each address: a release that lacks a piece for good must not turn in circles. */
function reloadOnce(): boolean {
  try {
    if (sessionStorage.getItem(reloadedFor) === location.href) return false;
    sessionStorage.setItem(reloadedFor, location.href);
  } catch {
    return false;
  }
  location.reload();
  return true;
}

/**
 * A page whose code is loaded when it is first wanted. Where that fails, the page says that the server
 * cannot be reached, and whoever tries again loads it again; the rest of the application stays.
 */
export function lazyPage<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) {
  let Page: ComponentType | null = null;
  let failure: Error | null = null;
  let pending: Promise<void> | null = null;
  const preload = (): Promise<void> => {
    pending ??= load().then(
      (module) => {
        Page = module[name];
      },
      async (cause: unknown) => {
        if ((await siteAnswers()) && reloadOnce()) await new Promise(() => undefined);
        pending = null;
        failure = new UnreachableError(cause);
        // Whoever tries again a moment later loads again.
        setTimeout(() => (failure = null), retryAfterMs);
      },
    );
    return pending;
  };
  function LazyPage() {
    if (Page !== null) return <Page />;
    if (failure !== null) throw failure;
    use(preload());
    return null;
  }
  LazyPage.preload = preload;
  pages.push(preload);
  return LazyPage;
}

/** Fetches every page's code while nothing else is to be done, so that moving about needs no code from the server. */
export function preloadPages(): void {
  const next = (index: number) => {
    const page = pages[index];
    if (page === undefined) return;
    requestIdleCallback(() => void page().then(() => next(index + 1)), { timeout: 20_000 });
  };
  next(0);
}
