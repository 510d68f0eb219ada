import { afterEach, expect, test } from "vitest";
import { accessibilityFaults } from "../../testing/axe.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { rerateAnswer, unreadFields } from "../../testing/sample-book.ts";

let leave: (() => void) | null = null;
afterEach(() => leave?.());

async function page(over: Parameters<typeof renderApp>[1] = {}) {
  const app = await renderApp("/unread", over);
  leave = app.remove;
  return app;
}

test("fields stand by provider and sender, what has a price by now behind, each with a way to an interaction", async () => {
  const { screen } = await page();
  const table = screen.getByRole("table", { name: "Numbers that were not read" });
  await expect.element(table.getByText("reasoning_seconds")).toBeVisible();
  await expect.element(table.getByText("has a price")).toBeVisible();
  expect([...table.element().querySelectorAll("tbody code")].map(({ textContent }) => textContent)).toEqual(["reasoning_seconds", "credits"]);
  await expect.element(table.getByRole("link", { name: "one of them" }).first()).toHaveAttribute("href", expect.stringContaining("/app/interactions/i_001"));
  expect(screen.getByRole("button", { name: /^Say what it costs/ }).elements()).toHaveLength(1);
});

test("a price is set for every model of the field's provider, from its first day on", async () => {
  const bodies: Record<string, unknown>[] = [];
  const { overrideAnswer } = await import("../../testing/sample-book.ts");
  const { screen } = await page({
    "/pricing/overrides": async (_url, request) => {
      const body = (await request.json()) as { dry_run?: boolean };
      bodies.push(body);
      return overrideAnswer(body.dry_run === true);
    },
  });
  await screen.getByRole("button", { name: "Costs nothing: reasoning_seconds" }).click();
  await screen.getByLabelText("Reason, kept with the change").fill("a timing");
  await screen.getByRole("button", { name: "Review" }).click();
  await screen.getByRole("button", { name: "Set the price" }).click();
  await expect.element(screen.getByText("The price is set.")).toBeVisible();
  expect(bodies.map(({ provider, model, resource_type, rate, per, dry_run }) => [provider, model, resource_type, rate, per, dry_run])).toEqual([
    ["acme", "", "unread:reasoning_seconds", "0", 1, true],
    ["acme", "", "unread:reasoning_seconds", "0", 1, undefined],
  ]);
  await expect.element(screen.getByRole("button", { name: "See what estimating again would change" }).last()).toBeVisible();
});

test("what is recorded is estimated again from here", async () => {
  const bodies: unknown[] = [];
  const { screen } = await page({
    "/admin/rerate": async (_url, request) => {
      bodies.push(await request.json());
      return rerateAnswer(true);
    },
  });
  await screen.getByRole("button", { name: "See what estimating again would change" }).click();
  await expect.element(screen.getByText(/9 interactions of 14 would change/)).toBeVisible();
  expect(bodies).toMatchObject([{ start_date: "2026-11-02", end_date: "2026-11-23", flag: "unread_usage", dry_run: true }]);
  expect(await accessibilityFaults()).toEqual([]);
});

test("where everything was read, it says so", async () => {
  const { screen } = await page({ "/accuracy/unread-fields": () => ({ ...unreadFields, items: [] }) });
  await expect.element(screen.getByText("Everything that arrived was read")).toBeVisible();
});
