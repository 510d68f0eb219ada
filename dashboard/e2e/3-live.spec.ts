import { ask, atRest, chat, exact, expect, run, signIn, suite, test, track, unwatched } from "./suite.ts";

test("the connection turns green when something arrives, and not for what was there before", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/connect`);
  await expect(page.getByText("Waiting for an event…")).toBeVisible();
  await expect(page.getByText(/The newest so far came/)).toBeVisible();
  await track(chat("connection"));
  await expect(page.getByTestId("connection")).toHaveAttribute("data-connected", "true", { timeout: 20_000 });
});

test("new sessions wait until they are asked for, and a poll without news asks once", async ({ app: page }) => {
  await page.clock.install();
  await page.goto(`${suite.url}/app/sessions`);
  await expect(page.locator("tbody [data-row-link]").first()).toBeVisible();
  await atRest(page);
  await page.waitForLoadState("networkidle");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const answered = page.waitForResponse(`${suite.url}/watermark`);
  await page.clock.runFor(31_000);
  await expect.poll(() => asked).toEqual(["/watermark"]);
  // The page has heard the answer, too: the next poll is due half a minute after that.
  await (await answered).finished();
  await atRest(page);
  const rows = await page.locator("tbody tr").allTextContents();
  await track(chat("later", { session_id: `e2e-${run}-b` }));
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
  await expect(page.getByRole("button", { name: "Resume live updates" })).toBeVisible();
  await atRest(page);
  await page.waitForLoadState("networkidle");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.clock.runFor(95_000);
  expect(asked).toEqual([]);
  await page.getByRole("button", { name: "Resume live updates" }).click();
});

test("a price that changes prices what is new and leaves what is old", async ({ app: page }) => {
  // Another one at each run, since a suite may be used for several, and never the list's own.
  const rate = `0.9${String(Date.now()).slice(-8)}`;
  await track(chat("old", { session_id: `e2e-${run}-old` }));
  await page.goto(`${suite.url}/app/sessions/e2e-${run}-old`);
  const old = await exact(page, "session-total");
  await page.goto(`${suite.url}/app/prices?q=openai/gpt-5-mini`);
  await page.getByRole("row").filter({ hasText: /^gpt-5-miniopenaiInput\$/ }).first().getByRole("button", { name: /^Change/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Price in USD").fill(rate);
  await dialog.getByLabel("Reason, kept with the change").fill("contract for the test");
  await dialog.getByRole("button", { name: "Review" }).click();
  await expect(dialog).toContainText("Nothing has been written yet");
  await dialog.getByRole("button", { name: "Set the price" }).click();
  await expect(dialog).toContainText("The price is set.");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("override").first()).toBeVisible();
  await expect.poll(async () => {
    const id = `e2e-${run}-new-${Math.random().toString(36).slice(2)}`;
    await track(chat("new", { id, session_id: id, timestamp: new Date().toISOString() }));
    const { session } = await ask<{ session: { total_cost: string } }>(`/sessions/${id}`);
    return session.total_cost;
  }, { timeout: 90_000 }).not.toBe(old);
  await page.goto(`${suite.url}/app/sessions/e2e-${run}-old`);
  expect(await exact(page, "session-total")).toBe(old);
  await page.locator("tbody [data-row-link]").first().click();
  await expect(page.getByText("equals the stored amount").first()).toBeVisible();
});

test("what has no price is named, priced after a dry run, and then counted", async ({ app: page }) => {
  const model = `house-model-${run}`;
  await track(chat("unpriced", { session_id: `e2e-${run}-u`, provider: "house", model_name: model, usage: { input: 1_000_000, output: 0 } }));
  await page.goto(`${suite.url}/app/overview`);
  await expect(page.getByTestId("unpriced-banner")).toBeVisible();
  const before = await exact(page, "total-cost");
  await page.getByRole("link", { name: "Review →" }).click();
  await page.getByRole("button", { name: `Add price of ${model}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Input").fill("3.5");
  await dialog.getByLabel("Reason, kept with the change").fill("what the house charges");
  await dialog.getByRole("button", { name: "Dry run" }).click();
  await expect(page.getByTestId("dry-run")).toContainText("prices 1 interaction of the last weeks");
  await expect(page.getByTestId("dry-run")).toContainText("$3.50");
  await dialog.getByRole("button", { name: /^Set/ }).click();
  await expect(page.getByText(/has a price from/)).toBeVisible();
  await page.goto(`${suite.url}/app/sessions/e2e-${run}-u`);
  await expect.poll(async () => {
    await page.reload();
    return exact(page, "session-total");
  }).toBe("3.5");
  await page.goto(`${suite.url}/app/overview`);
  await expect.poll(async () => Number(await exact(page, "total-cost"))).toBeGreaterThan(Number(before));
});

test("a price that waits is approved or rejected with a reason, and leaves the list", async ({ app: page }) => {
  type Waiting = { quarantined: { id: number; model: string; resource_type: string; provider: string } };
  const before = await ask<{ total: number; items: Waiting[] }>("/pricing/quarantine");
  const [first, second] = before.items;
  if (first === undefined || second === undefined) throw new Error("The sample's prices leave nothing in quarantine.");
  await page.goto(`${suite.url}/app/prices?tab=quarantine`);
  // The sample uses none of their models, so the page keeps them behind a button.
  await page.getByRole("button", { name: "Show them" }).click();
  for (const [decision, { quarantined }] of [["Approve", first], ["Reject", second]] as const) {
    await page.getByRole("button", { name: `${decision} ${quarantined.model} ${quarantined.resource_type}`, exact: true }).first().click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("button", { name: decision })).toBeDisabled();
    await dialog.getByLabel("Reason, kept with the decision").fill("checked with the provider");
    await dialog.getByRole("button", { name: decision }).click();
    await expect(dialog).toBeHidden();
  }
  await expect(page.locator("tbody tr")).toHaveCount(before.total - 2);
  const after = await ask<{ items: Waiting[] }>("/pricing/quarantine");
  expect(after.items.map(({ quarantined }) => quarantined.id)).not.toContain(first.quarantined.id);
  const { items } = await ask<{ items: { resource_type: string; status: string }[] }>(`/pricing/rates?provider=${encodeURIComponent(first.quarantined.provider)}&model=${encodeURIComponent(first.quarantined.model)}`);
  expect(items.some(({ resource_type }) => resource_type === first.quarantined.resource_type)).toBe(true);
});

test("a receipt is copied as text that says the same", async ({ app: page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { items } = await ask<{ items: { id: string }[] }>("/sessions?limit=1&model=gpt-5-mini");
  await page.goto(`${suite.url}/app/sessions/${encodeURIComponent(items[0]?.id ?? "")}`);
  await page.locator("tbody [data-row-link]").first().click();
  const total = await page.getByTestId("receipt-total").textContent();
  await page.getByRole("button", { name: "Copy as text" }).click();
  await expect(page.getByText("Copied")).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain(total ?? "no total");
  expect(text).toMatch(/equals the stored amount/);
});

// Without the watch for faults: the browser reports each refusal as one.
unwatched.test("a failed refresh keeps the old numbers, with their time", async ({ page }) => {
  await page.clock.install();
  await signIn(page);
  await page.goto(`${suite.url}/app/overview`);
  const total = await exact(page, "total-cost");
  await page.route("**/stats/**", (route) => route.fulfill({ status: 400, contentType: "application/problem+json", body: JSON.stringify({ type: "urn:x", title: "x", status: 400, detail: "The test refuses.", request_id: "r" }) }));
  // The ledger moves, so the next poll asks again and is refused.
  await track(chat("refused-refresh", { session_id: `e2e-${run}-refused` }));
  await page.clock.runFor(31_000);
  await expect(page.getByText(/Showing data loaded at \d\d:\d\d:\d\d\. The test refuses\./).first()).toBeVisible();
  expect(await exact(page, "total-cost")).toBe(total);
  await page.unroute("**/stats/**");
  const retry = page.getByRole("button", { name: "Retry" });
  // Each panel has its own button, and one that is pressed goes away with its answer.
  await expect(async () => {
    while ((await retry.count()) > 0) await retry.first().click({ timeout: 2_000 });
    expect(await page.getByText("Showing data loaded at").count()).toBe(0);
  }).toPass({ timeout: 60_000 });
});
