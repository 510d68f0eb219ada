import { afterEach, expect, test } from "vitest";
import { renderApp } from "../../testing/render-app.tsx";
import { quarantine } from "../../testing/sample-book.ts";

let leave: (() => void) | null = null;
afterEach(() => leave?.());

test("prices of models that nobody uses can wait behind their number", async () => {
  const [used] = quarantine.items;
  if (used === undefined) throw new Error("nothing waits");
  const unused = { ...used, quarantined: { ...used.quarantined, id: 31, provider: "nobody", model: "unused-9" } };
  const { screen, remove } = await renderApp("/prices?tab=quarantine", { "/pricing/quarantine": () => ({ total: 2, items: [used, unused] }) });
  leave = remove;
  await expect.element(screen.getByText(/1 price of models that nobody used in 90 days can wait/)).toBeVisible();
  await expect.element(screen.getByText("deepseek-v4").first()).toBeVisible();
  expect(screen.getByText("unused-9").elements()).toHaveLength(0);
  await screen.getByRole("button", { name: "Show them" }).click();
  await expect.element(screen.getByText("unused-9")).toBeVisible();
});
