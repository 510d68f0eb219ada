// What each kind of key meets: only pages that it may read, only deeds that it may do, its own numbers.
import type { Page } from "@playwright/test";
import { ask, atRest, defaultDays, exact, expect, signIn, suite, unwatched } from "./suite.ts";

const { test } = unwatched;

async function makeKey(body: Record<string, unknown>): Promise<string> {
  const { id, secret } = await ask<{ id: string; secret: string }>("/admin/keys", { method: "POST", body: JSON.stringify(body) });
  return `${id}:${secret}`;
}

/** The pages that the sidebar offers. */
async function offered(page: Page): Promise<string[]> {
  const names = await page.getByRole("navigation", { name: "Pages" }).getByRole("listitem").getByRole("link").allTextContents();
  return names.map((name) => name.replace(/\d+$/, "").trim());
}

/** Opens every page that the sidebar offers and expects no refusal on it. */
async function walk(page: Page): Promise<void> {
  const links = await page.getByRole("navigation", { name: "Pages" }).getByRole("listitem").getByRole("link").evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href).filter((href) => href.includes("/app/")));
  for (const href of links) {
    await page.goto(href);
    await atRest(page);
    await expect(page.locator('[data-state="error"], [data-state="offline"], [data-state="forbidden"], [data-state="missing"]'), href).toHaveCount(0);
  }
}

test("a read-only key sees everything and is offered no change", async ({ page }) => {
  await signIn(page, await makeKey({ name: "Finance", scopes: ["read"] }));
  expect(await offered(page)).toEqual(["Overview", "Explore", "Users", "Models", "Agents", "Sessions", "Not counted", "Prices", "Health", "API docs"]);
  await walk(page);
  for (const path of ["prices", "prices?tab=quarantine", "prices?tab=sources", "unpriced", "health"]) {
    await page.goto(`${suite.url}/app/${path}`);
    await atRest(page);
    await expect(page.getByRole("button", { name: /^(Set a price|Change|Approve|Reject|Add price|Sync|Dry run|Verify now)/ }), path).toHaveCount(0);
  }
  await page.goto(`${suite.url}/app/keys`);
  await expect(page.getByText("This key may not see that")).toBeVisible();
  await expect(page.getByRole("link", { name: "Sign in with another key" })).toBeVisible();
});

test("a person's own key shows that person's numbers and nobody else's", async ({ page }) => {
  const { items } = await ask<{ items: { group: { user_id: string; label: string } }[] }>("/stats/users?limit=1");
  const { user_id: user = "", label = "" } = items[0]?.group ?? {};
  const own = await ask<{ total: { total_cost: string } }>(`/stats/system?user_id=${encodeURIComponent(user)}&${await defaultDays()}`);
  await signIn(page, await makeKey({ name: user, scopes: ["self"], user_id: user }));
  expect(await exact(page, "total-cost")).toBe(own.total.total_cost);
  expect(await offered(page)).toEqual(["Overview", "Explore", "Models", "Agents", "Sessions", "API docs"]);
  await walk(page);
  await page.goto(`${suite.url}/app/sessions`);
  await expect(page.locator("tbody [data-row-link]").first()).toBeVisible();
  expect(new Set(await page.locator('tbody a[href*="/users/"]').allTextContents())).toEqual(new Set([label || user]));
  await page.goto(`${suite.url}/app/prices`);
  await expect(page.getByText("This key may not see that").first()).toBeVisible();
});

test("signing out forgets what the key could do", async ({ page }) => {
  await signIn(page, await makeKey({ name: "Finance", scopes: ["read"] }));
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("Key")).toBeVisible();
  await page.goto(`${suite.url}/app/overview`);
  await expect(page.getByLabel("Key")).toBeVisible();
  await page.getByLabel("Key").fill(suite.adminKey);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
  expect(await offered(page)).toContain("Keys");
});
