import { afterEach, expect, test } from "vitest";
import { accessibilityFaults } from "../../testing/axe.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { rerateAnswer, rerates } from "../../testing/sample-book.ts";
import { problem } from "../../testing/sample-suite.ts";

let leave: (() => void) | null = null;
afterEach(() => leave?.());

async function page(over: Parameters<typeof renderApp>[1] = {}) {
  const app = await renderApp("/prices?tab=again&from=2026-11-01&to=2026-11-20", over);
  leave = app.remove;
  await app.screen.getByLabelText("Reason, kept with each new estimate").fill("a corrected price");
  return app;
}

test("what would change is shown before anything is written, and the deed is named by its number", async () => {
  const bodies: unknown[] = [];
  const { screen } = await page({
    "/admin/rerate": async (_url, request) => {
      if (request.method !== "POST") return rerates;
      const body = (await request.json()) as { dry_run?: boolean };
      bodies.push(body);
      return rerateAnswer(body.dry_run === true);
    },
  });
  await screen.getByRole("button", { name: "Review" }).click();
  await expect.element(screen.getByText(/9 interactions of 14 would change: \$1\.20 becomes \$1\.62/)).toBeVisible();
  expect(bodies).toMatchObject([{ start_date: "2026-11-01", end_date: "2026-11-20", reason: "a corrected price", dry_run: true }]);
  expect(await accessibilityFaults()).toEqual([]);
  await screen.getByRole("button", { name: "Estimate 9 interactions again" }).click();
  await expect.element(screen.getByText(/9 interactions estimated again: \+\$0\.42/)).toBeVisible();
  expect(bodies[1]).toMatchObject({ dry_run: false });
});

test("the review tells what changes by model, day and user, and receipts line by line", async () => {
  const { screen } = await page();
  await screen.getByLabelText("Remark on the receipt").selectOptions("unread_usage");
  await screen.getByRole("button", { name: "Review" }).click();
  for (const name of ["By model", "By day", "By user"]) await expect.element(screen.getByRole("table", { name })).toBeVisible();
  await screen.getByText(/no price → \$0\.42/).click();
  const lines = screen.getByRole("table", { name: "Lines of i_004, before and after" });
  await expect.element(lines.getByText(/^\$0\.42/)).toBeVisible();
  await expect.element(screen.getByRole("link", { name: "i_004" })).toHaveAttribute("href", expect.stringContaining("/app/interactions/i_004"));
  expect(await accessibilityFaults()).toEqual([]);
});

test("a run of the list shows what it changed", async () => {
  const { screen } = await page();
  await screen.getByRole("button", { name: "Show what run 3 changed" }).click();
  await expect.element(screen.getByText(/9 interactions of 14 changed: \$1\.20 became \$1\.62/)).toBeVisible();
});

test("a refusal says that nothing was changed", async () => {
  const { screen } = await page({ "/admin/rerate": (_url, request) => (request.method === "POST" ? problem(409, "Another run is under way.") : rerates) });
  await screen.getByRole("button", { name: "Review" }).click();
  await expect.element(screen.getByText("Nothing was changed. Another run is under way.")).toBeVisible();
});
