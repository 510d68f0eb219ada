import { ask, exact, expect, suite, test, track } from "./suite.ts";

/** One moment ago, and ids that no other run used. */
const stamp = Date.now().toString(36);
const chat = (id: string, more: Record<string, unknown> = {}) => ({
  id: `e2e-${stamp}-${id}`, type: "chat", session_id: `e2e-${stamp}`, user_id: "e2e-user", timestamp: new Date(Date.now() - 30_000).toISOString(), duration_ms: 1_200,
  provider: "openAI", model_name: "gpt-5-mini", usage_convention: "disjoint", usage: { input: 1_000_000, output: 100_000 }, agent: "e2e-agent", ...more,
});

test("a user's chat is tracked, priced and visible without anyone's doing", async ({ app: page }) => {
  const answer = await track(chat("first"));
  await page.goto(`${suite.url}/app/sessions?q=e2e-${stamp}`);
  await expect(page.getByRole("link", { name: "e2e-user" })).toBeVisible();
  await page.locator("tbody [data-row-link]").first().click();
  const total = await exact(page, "session-total");
  expect(Number(total)).toBeGreaterThan(0);
  await page.locator("tbody [data-row-link]").first().click();
  await expect(page.getByText("equals the stored amount").first()).toBeVisible();
  expect(await exact(page, "receipt-total")).toBe(total);
  if (typeof answer.total_cost === "string") expect(answer.total_cost).toBe(total);
});

test("the connection turns green once something has arrived", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/connect`);
  await expect(page.getByTestId("connection")).toHaveAttribute("data-connected", "true");
  await expect(page.getByTestId("environment")).toContainText(`LANGFUSE_BASE_URL=${suite.url}`);
});

test("new sessions wait until they are asked for, and a poll without news asks once", async ({ app: page }) => {
  await page.clock.install();
  await page.goto(`${suite.url}/app/sessions`);
  await expect(page.locator("tbody [data-row-link]").first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.clock.runFor(31_000);
  await expect.poll(() => asked).toEqual(["/watermark"]);
  const rows = await page.locator("tbody tr").allTextContents();
  await track(chat("later", { session_id: `e2e-${stamp}-b` }));
  await page.clock.runFor(31_000);
  const offer = page.getByRole("button", { name: /new session.*show/ });
  await expect(offer).toBeVisible();
  expect(await page.locator("tbody tr").allTextContents()).toEqual(rows);
  await offer.click();
  await expect(offer).toBeHidden();
  expect(await page.locator("tbody tr").allTextContents()).not.toEqual(rows);
});

test("live updates can be paused", async ({ app: page }) => {
  await page.clock.install();
  await page.goto(`${suite.url}/app/overview`);
  await expect(page.getByTestId("total-cost")).toBeVisible();
  await page.getByRole("button", { name: "Pause live updates" }).click();
  await page.waitForLoadState("networkidle");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.clock.runFor(95_000);
  expect(asked).toEqual([]);
  await page.getByRole("button", { name: "Resume live updates" }).click();
});

test("a price that changes prices what is new and leaves what is old", async ({ app: page }) => {
  // Another one at each run: a suite may be used for several.
  const rate = `0.${100 + (Date.now() % 800)}`;
  await track(chat("old", { session_id: `e2e-${stamp}-old` }));
  await page.goto(`${suite.url}/app/sessions/e2e-${stamp}-old`);
  const old = await exact(page, "session-total");
  await page.goto(`${suite.url}/app/prices?q=openai/gpt-5-mini`);
  await page.getByRole("row").filter({ hasText: /^gpt-5-miniopenaiInput\$/ }).first().getByRole("button", { name: /^Change/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Price in USD").fill(rate);
  await dialog.getByLabel("Reason, kept with the change").fill("contract for the test");
  await dialog.getByRole("button", { name: "Review" }).click();
  await expect(dialog).toContainText("Nothing has been written yet");
  await dialog.getByRole("button", { name: "Set the price" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("override").first()).toBeVisible();
  await expect.poll(async () => {
    const id = `e2e-${stamp}-new-${Math.random().toString(36).slice(2)}`;
    await track(chat("new", { id, session_id: id, timestamp: new Date().toISOString() }));
    const { session } = await ask<{ session: { total_cost: string } }>(`/sessions/${id}`);
    return session.total_cost;
  }, { timeout: 45_000 }).not.toBe(old);
  await page.goto(`${suite.url}/app/sessions/e2e-${stamp}-old`);
  expect(await exact(page, "session-total")).toBe(old);
  await page.locator("tbody [data-row-link]").first().click();
  await expect(page.getByText("equals the stored amount").first()).toBeVisible();
});

test("what has no price is named, priced after a dry run, and then counted", async ({ app: page }) => {
  const model = `house-model-${stamp}`;
  await track(chat("unpriced", { session_id: `e2e-${stamp}-u`, provider: "house", model_name: model, usage: { input: 1_000_000, output: 0 } }));
  await page.goto(`${suite.url}/app/overview`);
  await expect(page.getByTestId("unpriced-banner")).toBeVisible();
  const before = await exact(page, "total-cost");
  await page.getByRole("link", { name: "Review →" }).click();
  await page.getByRole("button", { name: `Add price of ${model}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Input").fill("3.5");
  await dialog.getByLabel("Reason, kept with the change").fill("what the house charges");
  await dialog.getByRole("button", { name: "Dry run" }).click();
  await expect(page.getByTestId("dry-run")).toContainText("prices 1 interaction");
  await expect(page.getByTestId("dry-run")).toContainText("$3.50");
  await dialog.getByRole("button", { name: /^Set/ }).click();
  await expect(page.getByText(/has a price from/)).toBeVisible();
  await page.goto(`${suite.url}/app/sessions/e2e-${stamp}-u`);
  await expect.poll(async () => {
    await page.reload();
    return exact(page, "session-total");
  }, { timeout: 30_000 }).toBe("3.5");
  await page.goto(`${suite.url}/app/overview`);
  await expect.poll(async () => Number(await exact(page, "total-cost"))).toBeGreaterThan(Number(before));
});
