import { expect, type Page, test as base } from "@playwright/test";

/** Something that the environment or the set-up must have named. */
function named(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set.`);
  return value;
}

/** What the tests know of the running suite. */
export const suite = {
  get url() {
    return named("SUITE_URL").replace(/\/$/, "");
  },
  get adminKey() {
    return named("SUITE_ADMIN_KEY");
  },
  get ingestKey() {
    return named("SUITE_INGEST_KEY");
  },
};

/** Asks the suite's own API, with the admin's key. */
export async function ask<Answer>(path: string, init: RequestInit & { key?: string } = {}): Promise<Answer> {
  const { key = suite.adminKey, ...rest } = init;
  const response = await fetch(suite.url + path, { ...rest, headers: { authorization: `Bearer ${key}`, ...(rest.body === undefined ? {} : { "content-type": "application/json" }) } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** Records an event as LibreChat's middleware would. */
export function track(event: Record<string, unknown>): Promise<{ total_cost?: string | null }> {
  return ask("/track/interaction", { method: "POST", body: JSON.stringify(event), key: suite.ingestKey });
}

/** Signs in as a person does. */
export async function signIn(page: Page): Promise<void> {
  await page.goto(`${suite.url}/app/`);
  await page.getByLabel("Key").fill(suite.adminKey);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
}

/** The exact amount behind what an element prints. */
export async function exact(page: Page, testId: string): Promise<string> {
  const element = page.getByTestId(testId).first();
  await expect(element).toBeVisible();
  return (await element.getAttribute("data-exact")) ?? "";
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

export { expect };
