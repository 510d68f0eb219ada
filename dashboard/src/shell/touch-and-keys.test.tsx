import { page, userEvent } from "vitest/browser";
import { afterEach, beforeEach, expect, test } from "vitest";
import { atRest } from "../testing/at-rest.ts";
import { accessibilityFaults } from "../testing/axe.ts";
import { renderApp } from "../testing/render-app.tsx";

let leave: (() => void) | null = null;
beforeEach(() => page.viewport(390, 800));
afterEach(() => leave?.());

async function overview() {
  const app = await renderApp("/overview?p=mtd");
  leave = app.remove;
  await expect.element(app.screen.getByTestId("total-cost")).toBeVisible();
  await atRest(app);
  return app;
}

/** A finger's tap: what a browser sends for one. */
function tap(element: Element): void {
  element.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, pointerType: "touch" }));
  (element as HTMLElement).focus();
  element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, button: 0 }));
}

test("a finger's first tap on a bar reads it, the second opens it", async () => {
  const { screen, router } = await overview();
  const bar = screen.getByRole("link", { name: /^Wed, Nov 18/ });
  tap(bar.element());
  await expect.element(screen.getByText("Tap again to open")).toBeVisible();
  expect(router.state.location.search).not.toMatchObject({ from: "2026-11-18" });
  tap(bar.element());
  await expect.poll(() => router.state.location.search).toMatchObject({ from: "2026-11-18", to: "2026-11-18" });
});

test("the phone's menu keeps the focus, and Escape gives it back without clearing a filter", async () => {
  const { screen, router } = await overview();
  const before = router.state.location.href;
  await screen.getByRole("button", { name: "Pages" }).click();
  await expect.element(screen.getByRole("dialog", { name: "Pages" })).toBeVisible();
  await expect.element(screen.getByRole("link", { name: "Overview" }).first()).toHaveFocus();
  expect(await accessibilityFaults()).toEqual([]);
  await userEvent.keyboard("{Escape}");
  await expect.element(screen.getByRole("button", { name: "Pages" })).toHaveFocus();
  await expect.poll(() => screen.getByRole("dialog").elements()).toHaveLength(0);
  expect(router.state.location.href).toBe(before);
});

test("whoever opens a bar stands on the page's name afterwards, not on nothing", async () => {
  await page.viewport(1280, 900);
  const { screen, router } = await overview();
  (screen.getByRole("link", { name: /^Wed, Nov 18/ }).element() as HTMLElement).focus();
  await userEvent.keyboard("{Enter}");
  await expect.poll(() => router.state.location.search).toMatchObject({ from: "2026-11-18" });
  await expect.element(screen.getByRole("heading", { name: "Overview", level: 1 })).toHaveFocus();
});

test("a button that changes its name says nothing of being pressed", async () => {
  await page.viewport(1280, 900);
  const { screen } = await overview();
  expect(screen.getByRole("button", { name: "Pause live updates" }).element().hasAttribute("aria-pressed")).toBe(false);
});
