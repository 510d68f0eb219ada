import { expect, type Page, test as base } from "@playwright/test";
import { rangeOf } from "../src/prepare/period.ts";
import { ask, suite } from "./ask.ts";

/** Marks what this run sends: ids that no other run used, on a suite that may serve several. */
export const run = Date.now().toString(36);

/** An event of half a minute ago, a chat unless `more` says otherwise. */
export function chat(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: `e2e-${run}-${id}`, type: "chat", session_id: `e2e-${run}`, user_id: "e2e-user", timestamp: new Date(Date.now() - 30_000).toISOString(), duration_ms: 1_200,
    provider: "openAI", model_name: "gpt-5-mini", usage_convention: "disjoint", usage: { input: 1_000_000, output: 100_000 }, agent: "e2e-agent", ...more,
  };
}

/** The days that a page shows where its address names none, as the API takes them. */
export async function defaultDays(): Promise<string> {
  const { today, first_day } = await ask<{ today: string; first_day: string | null }>("/watermark");
  const { from, to } = rangeOf({}, { today, firstDay: first_day });
  return `start_date=${from}&end_date=${to}`;
}

/** Records an event as LibreChat's middleware would. */
export function track(event: Record<string, unknown>): Promise<{ total_cost?: string | null }> {
  return ask("/track/interaction", { method: "POST", body: JSON.stringify(event), key: suite.ingestKey });
}

/** Signs in as a person does. */
export async function signIn(page: Page, key: string = suite.adminKey): Promise<void> {
  await page.goto(`${suite.url}/app/`);
  await page.getByLabel("Key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
}

/** The exact amount behind what an element prints. */
export async function exact(page: Page, testId: string): Promise<string> {
  const element = page.getByTestId(testId).first();
  await expect(element).toBeVisible();
  return (await element.getAttribute("data-exact")) ?? "";
}

/** Resolves once the page shows what it was asked for last, measured and painted: no panel loads or refreshes any more. */
export async function atRest(page: Page): Promise<void> {
  await expect(page.locator("h1")).toBeVisible();
  await expect(page.locator('[data-state="loading"], [data-refreshing]')).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frames = 0; frames < 3; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

let cookies: Awaited<ReturnType<import("@playwright/test").BrowserContext["cookies"]>> | null = null;

/** A page that is signed in, and fails on a violated policy, an error or an unexpected answer. */
export const test = base.extend<{ app: Page }>({
  app: async ({ page, context }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("401")) faults.push(message.text());
    });
    if (cookies === null) {
      await signIn(page);
      cookies = await context.cookies();
    } else {
      await context.addCookies(cookies);
    }
    await use(page);
    expect(faults).toEqual([]);
  },
});

/** The test without the watch for faults, for what makes the browser report some. */
export const unwatched = { test: base };

export { ask, expect, suite };
