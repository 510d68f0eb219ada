import { afterEach, expect, test } from "vitest";
import type { Receipt } from "../../api/model.ts";
import { accessibilityFaults } from "../../testing/axe.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { receipt } from "../../testing/sample-ledger.ts";

let leave: (() => void) | null = null;
afterEach(() => leave?.());

async function open(change: (plain: Receipt) => object) {
  const app = await renderApp("/sessions/s_8f2/i_000", { "/interactions/i_000/cost": () => ({ ...receipt(), ...change(receipt()) }) });
  leave = app.remove;
  await expect.element(app.screen.getByRole("heading", { name: "Receipt" })).toBeVisible();
  return app;
}

test("a number that was not read stands on the receipt by its field and its value", async () => {
  const { screen } = await open(({ lines }) => ({ lines: [...lines, { component: "ai_tokens", resource_type: "unread:reasoning_seconds", quantity: 41, amount: null, price: null, multiplier: null, flags: ["unpriced"] }] }));
  await expect.element(screen.getByText(/“reasoning_seconds”, a number that we could not read/)).toBeVisible();
  expect(screen.container.textContent).toMatch(/We could not read reasoning_seconds: 41\. Its cost is not in the total\./);
  await expect.element(screen.getByRole("link", { name: "Say what it means" })).toHaveAttribute("href", "/app/unread");
  expect(await accessibilityFaults()).toEqual([]);
});

test("what the reading assumed is said in words", async () => {
  const { screen } = await open(() => ({ reading: ["cache_lifetime_assumed", "total_decided"] }));
  await expect.element(screen.getByText(/the shorter lifetime, 5 minutes, was taken/)).toBeVisible();
  await expect.element(screen.getByText(/the reported total decided/)).toBeVisible();
});

test("the provider's word stands beside the estimate, with the difference", async () => {
  const { screen } = await open(() => ({ reported_cost: "0.06" }));
  await expect.element(screen.getByText("$0.06", { exact: true })).toBeVisible();
  await expect.element(screen.getByText(/\+\$0\.00501 against this estimate\)\. The totals hold the estimate/)).toBeVisible();
});

test("the amounts of a receipt have the same places, and each price leads to its row of the book", async () => {
  const { screen } = await open(() => ({}));
  const amounts = [...document.querySelectorAll("tbody tr")].map((row) => row.querySelectorAll("td")[2]?.textContent ?? "").filter((text) => text.startsWith("$"));
  expect(new Set(amounts.map((text) => text.length)).size).toBe(1);
  await expect.element(screen.getByRole("link", { name: /#4711/ }).first()).toHaveAttribute("href", expect.stringMatching(/\/app\/prices\/4711\?.*of=anthropic\/claude-opus-5/));
});
