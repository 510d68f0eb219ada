import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "vitest-browser-react";
import { createQueryClient } from "../api/query-client.ts";
import { createAppRouter } from "../router.tsx";
import "../styles/main.css";
import { watermark } from "./sample-ledger.ts";
import { type Answer, installSampleSuite } from "./sample-suite.ts";

/** The whole dashboard at an address, over the invented ledger; `zone` is what the browser heard on an earlier visit. */
export async function renderApp(address: string, over: Record<string, Answer> = {}, zone: string | null = null) {
  const suite = installSampleSuite(over);
  for (const [hint, value] of [["zone", zone], ["first_day", zone === null ? null : watermark.first_day]] as const) {
    if (value === null) localStorage.removeItem(`tokentill.${hint}`);
    else localStorage.setItem(`tokentill.${hint}`, value);
  }
  const queryClient = createQueryClient(() => void router.navigate({ to: "/sign-in" }));
  const history = createMemoryHistory({ initialEntries: [`/app${address}`] });
  const router = createAppRouter(queryClient, history);
  const screen = await render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { screen, router, queryClient, ...suite };
}
