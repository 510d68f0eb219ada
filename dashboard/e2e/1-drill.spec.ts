import { exactSum } from "../src/prepare/decimal.ts";
import { ask, atRest, defaultDays, exact, expect, suite, test } from "./suite.ts";

test("an admin signs in with a key and sees the overview, then sessions", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/overview`);
  const system = await ask<{ total: { total_cost: string }; period: object }>(`/stats/system?${await defaultDays()}`);
  expect(await exact(page, "total-cost")).toBe(system.total.total_cost);
  await page.getByRole("link", { name: "Sessions", exact: true }).click();
  await expect(page.locator("tbody [data-row-link]").first()).toBeVisible();
});

test("a wrong key is refused in words", async ({ page }) => {
  await page.goto(`${suite.url}/app/`);
  await page.getByLabel("Key").fill("pk-nobody:sk-nothing");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("No such key");
});

test("the drill leads from the overview over a day, a user and a session to a receipt, by mouse", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/overview?p=28d`);
  const chart = page.locator('ol[aria-label^="Spend per day"]');
  const day = chart.getByRole("link").nth(-3);
  const name = (await day.getAttribute("aria-label")) ?? "";
  await day.click();
  await expect(page).toHaveURL(/from=\d{4}-\d\d-\d\d&to=/);
  await expect(page.getByRole("heading", { name: "Spend per hour" })).toBeVisible();
  // The list still shows the longer period, and users without a session on that day, until the day's has arrived.
  await atRest(page);
  const total = await exact(page, "total-cost");
  expect(name).toContain(";");
  const user = page.locator("tbody [data-row-link]").first();
  await user.click();
  await expect(page).toHaveURL(/\/users\/[^?]+\?.*from=/);
  expect(Number(await exact(page, "total-cost"))).toBeLessThanOrEqual(Number(total));
  await page.getByRole("heading", { name: "Most expensive sessions" }).scrollIntoViewIfNeeded();
  await page.locator('a[href*="/app/sessions/"][data-row-link]').first().click();
  await expect(page).toHaveURL(/\/sessions\/[^/?]+/);
  const sessionTotal = await exact(page, "session-total");
  expect(sessionTotal).not.toBe("");
  await page.locator("tbody [data-row-link]").first().click();
  await expect(page.getByRole("heading", { name: "Receipt" })).toBeVisible();
  await expect(page.getByText(/equals the stored amount|No price/).first()).toBeVisible();
  await page.goBack();
  expect(await exact(page, "session-total")).toBe(sessionTotal);
});

test("the same drill by keyboard alone", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/overview?p=28d`);
  await expect(page.getByTestId("total-cost")).toBeVisible();
  const stop = page.locator('ol[aria-label^="Spend per day"] a[tabindex="0"]');
  await expect(stop).toBeAttached();
  const focused = async () => (await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent)) ?? "";
  // Tab until the chart has the focus: it is one stop among the page's.
  for (let presses = 0; presses < 80 && !(await stop.evaluate((element) => element === document.activeElement)); presses += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(focused).toMatch(/total \$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Spend per hour" })).toBeVisible();
  // The list still shows the longer period until the day's has arrived.
  await atRest(page);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/users\//);
  const session = page.locator('a[href*="/app/sessions/"][data-row-link]').first();
  await expect(session).toBeVisible();
  for (let presses = 0; presses < 60 && !(await session.evaluate((element) => element === document.activeElement)); presses += 1) await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("session-total")).toBeVisible();
  await expect(page.locator("tbody [data-row-link]").first()).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Receipt" })).toBeVisible();
  // The way back: on each page the focus stands on the link that led away from it.
  const addresses = [];
  for (const level of ["session-total", "total-cost", "total-cost"]) {
    const gone = new URL(page.url()).pathname;
    await page.goBack();
    await expect(page.getByTestId(level)).toBeVisible();
    await expect.poll(() => page.evaluate(() => document.activeElement instanceof HTMLAnchorElement && document.activeElement.pathname)).toBe(gone);
    addresses.push(new URL(page.url()).pathname.split("/")[2]);
  }
  expect(addresses).toEqual(["sessions", "users", "overview"]);
  // From the day to the month the page stays: so does the focus.
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Spend per day" })).toBeVisible();
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest("main a") !== null)).toBe(true);
});

test("a session's interactions add up to its total, to the last digit", async ({ app: page }) => {
  const { items } = await ask<{ items: { id: string; total_cost: string }[] }>("/sessions?sort=cost&limit=1");
  const [session] = items;
  if (session === undefined) throw new Error("The sample has no session.");
  await page.goto(`${suite.url}/app/sessions/${encodeURIComponent(session.id)}`);
  expect(await exact(page, "session-total")).toBe(session.total_cost);
  const detail = await ask<{ interactions: { items: { total_cost: string | null }[]; total_count: number } }>(`/sessions/${encodeURIComponent(session.id)}`);
  expect(exactSum(detail.interactions.items.flatMap(({ total_cost }) => (total_cost === null ? [] : [total_cost])))).toBe(session.total_cost);
});
