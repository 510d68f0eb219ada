import { afterEach, expect, test } from "vitest";
import { accessibilityFaults } from "../../testing/axe.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { cacheLifetimes, rerateAnswer } from "../../testing/sample-book.ts";
import { problem } from "../../testing/sample-suite.ts";

let leave: (() => void) | null = null;
afterEach(() => leave?.());

async function page(over: Parameters<typeof renderApp>[1] = {}) {
  const app = await renderApp("/connect", over);
  leave = app.remove;
  await expect.element(app.screen.getByText("How long written caches live")).toBeVisible();
  return app;
}

test("a lifetime is set from a day on, and what another setting chose is offered to be estimated again", async () => {
  const bodies: unknown[] = [];
  const { screen } = await page({
    "/admin/cache-lifetimes": async (_url, request) => {
      if (request.method !== "PUT") return cacheLifetimes;
      bodies.push(await request.json());
      return { items: [...cacheLifetimes.items, { source: "langfuse", lifetime: "5m", valid_from: "2026-11-19T23:00:00.000Z" }] };
    },
    "/admin/rerate": async (_url, request) => {
      const body = (await request.json()) as { dry_run: boolean };
      bodies.push(body);
      return rerateAnswer(body.dry_run);
    },
  });
  const set = screen.getByRole("list", { name: "What is set" });
  await expect.element(set.getByText(/1 hour since Jun 18, 2026/)).toBeVisible();
  await screen.getByRole("radio", { name: "5 minutes" }).click();
  await screen.getByLabelText("From, or empty for always").fill("2026-11-20");
  await screen.getByRole("button", { name: "Save" }).click();
  await expect.element(set.getByText(/5 minutes since Nov 20, 2026/)).toBeVisible();
  await screen.getByRole("button", { name: "See what was set before" }).click();
  await screen.getByRole("button", { name: "Estimate 9 interactions again" }).click();
  await expect.element(screen.getByText(/9 interactions estimated again/)).toBeVisible();
  const wish = { start_date: "2026-11-20", end_date: "2026-11-23", flag: "cache_lifetime_by_setting", reason: "cache writes of LibreChat: 5 minutes" };
  expect(bodies).toEqual([{ source: "langfuse", lifetime: "5m", valid_from: "2026-11-19T23:00:00.000Z" }, { ...wish, dry_run: true }, { ...wish, dry_run: false }]);
  expect(await accessibilityFaults()).toEqual([]);
});

test("a refused change says that nothing was changed", async () => {
  const { screen } = await page({ "/admin/cache-lifetimes": (_url, request) => (request.method === "PUT" ? problem(503, "The database is busy.") : cacheLifetimes) });
  await screen.getByRole("button", { name: "Save" }).click();
  await expect.element(screen.getByText("Nothing was changed. The database is busy.")).toBeVisible();
});

test("a key that may not change anything is not offered it", async () => {
  const { screen, remove } = await renderApp("/connect", { "/auth/me": () => ({ key_id: "pk-tt-3", name: "Finance", scopes: ["read"], user_id: null, method: "cookie", expires_at: null }) });
  leave = remove;
  await expect.element(screen.getByText("Making a key needs a sign-in with scope admin.")).toBeVisible();
  expect(screen.getByText("How long written caches live").elements()).toHaveLength(0);
});
