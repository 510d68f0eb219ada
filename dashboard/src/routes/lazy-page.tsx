import { type ComponentType, use, useEffect, useState } from "react";
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

/** Whether this address was loaded anew before: a release that lacks a piece for good must not turn in circles. */
function wasReloaded(): boolean {
  try {
    return sessionStorage.getItem(reloadedFor) === location.href;
  } catch {
    return true;
  }
}

/** Stands in for a page that a newer release has replaced: the reader wants it now, so that release is loaded. */
function NewRelease({ failure }: { failure: Error }) {
  const [isStuck] = useState(wasReloaded);
  useEffect(() => {
    if (isStuck) return;
    sessionStorage.setItem(reloadedFor, location.href);
    location.reload();
  }, [isStuck]);
  if (isStuck) throw failure;
  return null;
}

/**
 * A page whose code is loaded when it is first wanted. Where that fails, the page says that the server
 * cannot be reached, and whoever tries again loads it again; the rest of the application stays.
 */
export function lazyPage<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) {
  let Page: ComponentType | null = null;
  let failure: { error: Error; isReplaced: boolean } | null = null;
  let pending: Promise<void> | null = null;
  const preload = (): Promise<void> => {
    pending ??= load().then(
      (module) => {
        Page = module[name];
      },
      async (cause: unknown) => {
        failure = { error: new UnreachableError(cause), isReplaced: await siteAnswers() };
        pending = null;
        // Whoever tries again a moment later loads again.
        setTimeout(() => (failure = null), retryAfterMs);
      },
    );
    return pending;
  };
  function LazyPage() {
    if (Page !== null) return <Page />;
    if (failure?.isReplaced === true) return <NewRelease failure={failure.error} />;
    if (failure !== null) throw failure.error;
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
