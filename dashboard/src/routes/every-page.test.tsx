import { page } from "vitest/browser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { atRest, painted } from "../testing/at-rest.ts";
import { accessibilityFaults } from "../testing/axe.ts";
import { renderApp } from "../testing/render-app.tsx";
import { problem } from "../testing/sample-suite.ts";

/** Each page with something that is there only once it is ready. */
const pages: [address: string, ready: RegExp][] = [
  ["/overview", /Who drives it/],
  ["/overview?view=table&by=component", /AI tokens/],
  ["/explore?sub=user", /of 8 shown/],
  ["/users", /1–8 of 8 users/],
  ["/users/user-17", /Most expensive sessions/],
  ["/models", /mongodb \(no model\)/],
  ["/models/anthropic%2Fclaude-opus-5", /Tokens by type/],
  ["/agents", /support-triage/],
  ["/agents/researcher", /Most expensive sessions/],
  ["/sessions", /1–32 of 32 sessions/],
  ["/sessions/s_8f2", /72\.0.% of this session's cost/],
  ["/sessions/s_8f2/i_000", /equals the stored amount/],
  ["/unpriced", /llama-5-70b/],
  ["/unread", /reasoning_seconds/],
  ["/not-taken", /`usage.input` is -1/],
  ["/prices", /models used in 90 days/],
  ["/prices?tab=rates", /7 prices in force/],
  ["/prices/1?of=anthropic%2Fclaude-opus-5", /Before and after/],
  ["/prices?tab=quarantine", /It fell to zero/],
  ["/prices?tab=said", /kimi-k3/],
  ["/prices?tab=again", /the list had a typing mistake/],
  ["/prices?tab=sources", /Where sources differ/],
  ["/health", /The days by user come to what the interactions do/],
  ["/connect", /Waiting for an event/],
  ["/keys", /Finance, 2025/],
  ["/sign-in", /Where LibreChat's money goes/],
  ["/nowhere", /There is no such page/],
];
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
  const names = ["/stats/daily", "/stats/system", "/stats/users", "/stats/models", "/stats/agents", "/stats/users/user-17", "/sessions", "/sessions/s_8f2", "/interactions/i_000/cost", "/pricing/unpriced", "/pricing/rates", "/pricing/history", "/pricing/quarantine", "/pricing/sources", "/pricing/conflicts", "/integrity", "/jobs", "/admin/keys", "/admin/rerate", "/accuracy/unread-fields", "/accuracy/reported-costs"];
  const { screen, remove } = await renderApp(address, Object.fromEntries(names.map((name) => [name, refuse])));
  leave = remove;
  await expect.element(screen.getByText("This key may not see that").first()).toBeVisible();
  expect(await accessibilityFaults()).toEqual([]);
});
