import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/query-client.ts";
import { createAppRouter } from "./router.tsx";
import { preloadPages } from "./routes/lazy-page.tsx";
import "./styles/main.css";

const queryClient = createQueryClient(() => {
  const { pathname, href } = router.state.location;
  if (pathname !== "/sign-in") void router.navigate({ to: "/sign-in", search: { to: href } });
});
const router = createAppRouter(queryClient);

const element = document.getElementById("root");
if (element !== null) {
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
  // Once the first page has what it asked for.
  const stop = router.subscribe("onRendered", () => {
    stop();
    preloadPages();
  });
}
