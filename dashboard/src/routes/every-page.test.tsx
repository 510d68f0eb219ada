import { page } from "vitest/browser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { atRest, painted } from "../testing/at-rest.ts";
import { accessibilityFaults } from "../testing/axe.ts";
import { pages } from "../testing/pages.ts";
import { renderApp } from "../testing/render-app.tsx";
import { problem } from "../testing/sample-suite.ts";

const themes = ["light", "dark"] as const;

let leave: (() => void) | null = null;
beforeEach(() => page.viewport(1440, 900));
afterEach(() => {
  leave?.();
  delete document.documentElement.dataset.theme;
});

describe.each(themes)("in %s", (theme) => {
  describe.each([1440, 390])("at %i pixels", (width) => {
    test.each(pages)("%s is ready, fits and has no fault that axe finds", async (address, ready) => {
      document.documentElement.dataset.theme = theme;
      await page.viewport(width, 900);
      const app = await renderApp(address);
      leave = app.remove;
      await expect.element(app.screen.getByText(ready).first()).toBeInTheDocument();
      await atRest(app);
      expect(document.querySelectorAll('[data-state="error"], [data-state="offline"]')).toHaveLength(0);
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
      expect(await accessibilityFaults()).toEqual([]);
    });
  });
});

test("where motion is reduced, another theme is there at once", async () => {
  const app = await renderApp("/overview");
  leave = app.remove;
  await atRest(app);
  document.documentElement.dataset.theme = "light";
  await painted();
  document.documentElement.dataset.theme = "dark";
  expect(document.getAnimations()).toHaveLength(0);
});

test.each(pages.slice(0, 12))("%s reflows at 320 pixels", async (address, ready) => {
  await page.viewport(320, 900);
  const app = await renderApp(address);
  leave = app.remove;
  await expect.element(app.screen.getByText(ready).first()).toBeInTheDocument();
  await atRest(app);
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
});

test.each(pages.filter(([address]) => !/sign-in|nowhere|connect|not-taken/.test(address)))("%s says so when it cannot be loaded, without a fault that axe finds", async (address) => {
  const refuse = () => problem(403, "The key's scopes do not allow it.");
  const names = ["/stats/daily", "/stats/system", "/stats/users", "/stats/models", "/stats/agents", "/stats/users/user-17", "/sessions", "/sessions/s_8f2", "/interactions/i_000/cost", "/pricing/unpriced", "/pricing/rates", "/pricing/history", "/pricing/quarantine", "/pricing/sources", "/pricing/conflicts", "/integrity", "/jobs", "/admin/keys", "/admin/audit", "/admin/rerate", "/accuracy/unread-fields", "/accuracy/reported-costs"];
  const { screen, remove } = await renderApp(address, Object.fromEntries(names.map((name) => [name, refuse])));
  leave = remove;
  await expect.element(screen.getByText("This key may not see that").first()).toBeVisible();
  expect(await accessibilityFaults()).toEqual([]);
});
