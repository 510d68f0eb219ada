import { exactSum } from "../src/prepare/decimal.ts";
import { ask, exact, expect, suite, test } from "./suite.ts";

type Group = { group: { model: string; user_id: string }; figures: { total_cost: string; interaction_count: number } };

test("a date range changes the aggregates, and the ranges add up", async ({ app: page }) => {
  const { today } = await ask<{ today: string }>("/watermark");
  const day = (back: number) => new Date(Date.parse(today) - back * 86_400_000).toISOString().slice(0, 10);
  const total = async (from: string, to: string) => {
    await page.goto(`${suite.url}/app/overview?from=${from}&to=${to}`);
    return exact(page, "total-cost");
  };
  const whole = await total(day(13), day(1));
  const [first, second] = [await total(day(13), day(7)), await total(day(6), day(1))];
  expect(first).not.toBe(second);
  expect(exactSum([first, second])).toBe(whole);
});

test("every page finds the same total for the same filter", async ({ app: page }) => {
  const { today } = await ask<{ today: string }>("/watermark");
  const { items } = await ask<{ items: Group[] }>(`/stats/models?start_date=${today.slice(0, 8)}01&end_date=${today}&limit=1`);
  const model = items[0]?.group.model ?? "";
  const search = `?f=model:is:${encodeURIComponent(model)}`;
  const totals: Record<string, string> = {};
  for (const [path, testId] of [["overview", "total-cost"], ["explore", "list-total"], ["users", "list-total"], ["models", "list-total"], ["agents", "list-total"]] as const) {
    await page.goto(`${suite.url}/app/${path}${search}`);
    totals[path] = await exact(page, testId);
  }
  expect(new Set(Object.values(totals)).size, JSON.stringify(totals)).toBe(1);
  expect(totals.overview).not.toBe("");
});

test("a link shows a colleague the same, and back and forward work", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/overview`);
  await page.getByRole("button", { name: /^Period/ }).click();
  await page.getByRole("link", { name: "Last 7 days" }).click();
  await expect(page).toHaveURL(/p=7d/);
  await page.getByRole("link", { name: "Users", exact: true }).first().click();
  await expect(page).toHaveURL(/\/users\?.*p=7d/);
  const total = await exact(page, "list-total");
  const address = page.url();
  await page.goBack();
  await expect(page).toHaveURL(/\/overview\?.*p=7d/);
  await page.goForward();
  expect(await exact(page, "list-total")).toBe(total);
  await page.goto("about:blank");
  await page.goto(address);
  expect(await exact(page, "list-total")).toBe(total);
});

test("a name becomes a filter by Alt and a click, and Escape clears it", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/overview`);
  const before = await exact(page, "total-cost");
  await page.locator("tbody [data-row-link]").first().click({ modifiers: ["Alt"] });
  await expect(page).toHaveURL(/f=user:is:/);
  await expect(page.getByRole("link", { name: /^Remove filter User/ })).toBeVisible();
  await expect.poll(() => exact(page, "total-cost")).not.toBe(before);
  await page.locator("h1").click();
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/f=user/);
  await expect.poll(() => exact(page, "total-cost")).toBe(before);
});

test("what is exported adds up to what is on the screen", async ({ app: page }) => {
  const { today } = await ask<{ today: string }>("/watermark");
  const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
  await page.goto(`${suite.url}/app/models?from=${today.slice(0, 8)}01&to=${yesterday}`);
  const total = await exact(page, "list-total");
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Day by day.* as CSV$/ }).click()]);
  const stream = await download.createReadStream();
  let text = "";
  for await (const piece of stream) text += String(piece);
  const lines = text.trim().split(/\r?\n/);
  expect(lines.filter((line) => line.startsWith("#")).join("\n")).toMatch(/zone/i);
  const [header = "", ...rows] = lines.filter((line) => !line.startsWith("#"));
  const column = header.split(",").indexOf("total_cost");
  expect(exactSum(rows.map((row) => row.split(",")[column] ?? "").filter((amount) => amount !== ""))).toBe(total);
});

test("the comparison can be chosen, and is stated with its days", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/overview?p=7d`);
  await page.getByRole("button", { name: /^vs / }).click();
  await page.getByRole("link", { name: "No comparison" }).click();
  await expect(page).toHaveURL(/cmp=none/);
  await expect(page.getByText("No comparison is chosen.").first()).toBeVisible();
});
