import { afterEach, expect, test } from "vitest";
import { renderApp } from "../../testing/render-app.tsx";

let leave: (() => void) | null = null;
afterEach(() => leave?.());

test("an archival says what would move, and moves it only when told", async () => {
  const bodies: string[] = [];
  const { screen, remove } = await renderApp("/health", {
    "/admin/archive": async (_url, request) => {
      const body = (await request.json()) as { dry_run: boolean };
      bodies.push(JSON.stringify(body));
      return { job: "archive", status: "ok", summary: { dry_run: body.dry_run, cutoff: Date.parse("2025-11-23T00:00:00Z"), session_count: 412, interaction_count: 6_120, is_more: !body.dry_run } };
    },
  });
  leave = remove;
  await screen.getByRole("button", { name: "Archive now…" }).click();
  await expect.element(screen.getByText("412 sessions with 6,120 interactions, last active before Nov 23, 2025, would move.")).toBeVisible();
  expect(bodies).toEqual(['{"dry_run":true}']);
  await screen.getByRole("button", { name: "Archive", exact: true }).click();
  await expect.element(screen.getByText("412 sessions with 6,120 interactions moved. More are left: the next run goes on.")).toBeVisible();
  expect(bodies).toEqual(['{"dry_run":true}', '{"dry_run":false}']);
  await screen.getByRole("button", { name: "Close" }).last().click();
  await expect.poll(() => screen.getByText(/412 sessions/).elements()).toHaveLength(0);
});

test("an archival with nothing to move offers nothing", async () => {
  const { screen, remove } = await renderApp("/health", {
    "/admin/archive": () => ({ job: "archive", status: "ok", summary: { dry_run: true, cutoff: Date.parse("2025-11-23T00:00:00Z"), session_count: 0, interaction_count: 0, is_more: false } }),
  });
  leave = remove;
  await screen.getByRole("button", { name: "Archive now…" }).click();
  await expect.element(screen.getByText("No session ended before Nov 23, 2025: there is nothing to move.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Archive", exact: true }).elements()).toHaveLength(0);
});
