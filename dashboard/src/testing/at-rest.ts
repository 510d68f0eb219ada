import type { QueryClient } from "@tanstack/react-query";
import type { createAppRouter } from "../router.tsx";
import { expect } from "vitest";

/**
 * Resolves once the browser has laid out, measured and painted what was set before: an element that
 * watches its size has heard of it by then, and has rendered what follows.
 */
export async function painted(): Promise<void> {
  await document.fonts.ready;
  for (let frames = 0; frames < 3; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/** Resolves once the page has arrived: no navigation is under way, every question is answered, and all of it is painted. */
export async function atRest({ router, queryClient }: { router: ReturnType<typeof createAppRouter>; queryClient: QueryClient }): Promise<void> {
  await expect
    .poll(() => ({ router: router.state.status, asking: queryClient.isFetching(), loading: document.querySelectorAll('[data-state="loading"]').length }))
    .toEqual({ router: "idle", asking: 0, loading: 0 });
  await painted();
}
