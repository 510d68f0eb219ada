import { exactSum } from "../src/prepare/decimal.ts";
import { ask, defaultDays, exact, expect, suite, test } from "./suite.ts";

type Group = { group: { model: string; provider: string; user_id: string }; figures: { total_cost: string; interaction_count: number } };

test("every page finds the same total for the same filter", async ({ app: page }) => {
  const range = await defaultDays();
  const first = async (kind: string) => (await ask<{ items: Group[] }>(`/stats/${kind}?${range}&limit=5`)).items.map(({ group }) => group).find(({ model, user_id }) => (kind === "models" ? model : user_id) !== "");
  const [model, user] = [await first("models"), await first("users")];
  if (model === undefined || user === undefined) throw new Error("The sample has no model or no user.");
  const lists = [["overview", "total-cost"], ["explore", "list-total"], ["users", "list-total"], ["models", "list-total"], ["agents", "list-total"]] as const;
  for (const [filter, own] of [
    [[`model:is:${model.model}`, `provider:is:${model.provider}`], `models/${encodeURIComponent(`${model.provider}/${model.model}`)}`],
    [[`user:is:${user.user_id}`], `users/${encodeURIComponent(user.user_id)}`],
  ] as const) {
    const search = filter.map((one) => `f=${encodeURIComponent(one)}`).join("&");
    const totals: Record<string, string> = {};
    for (const [path, testId] of [...lists, [own, "total-cost"] as const]) {
      await page.goto(`${suite.url}/app/${path}?${search}`);
      totals[path] = await exact(page, testId);
    }
    expect(new Set(Object.values(totals)).size, JSON.stringify(totals)).toBe(1);
    expect(totals.overview).not.toBe("");
  }
});

test("a link shows a colleague the same, and back and forward work", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/overview`);
  await page.getByRole("button", { name: /^Period/ }).click();
  await page.getByRole("link", { name: "Last 7 days" }).click();
  await expect(page).toHaveURL(/p=7d/);
  await page.getByRole("link", { name: "Users", exact: true }).first().click();
  await expect(page).toHaveURL(/\/users\?.*p=7d/);
  const users = page.getByRole("heading", { name: "Users", level: 1 });
  await expect(users).toBeVisible();
  const total = await exact(page, "list-total");
  const address = page.url();
  await page.goBack();
  await expect(page).toHaveURL(/\/overview\?.*p=7d/);
  await page.goForward();
  await expect(users).toBeVisible();
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
  const [yesterday, monthAgo] = [1, 30].map((back) => new Date(Date.parse(today) - back * 86_400_000).toISOString().slice(0, 10));
  await page.goto(`${suite.url}/app/models?from=${monthAgo}&to=${yesterday}`);
  const total = await exact(page, "list-total");
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Day by day.* as CSV$/ }).click()]);
  const stream = await download.createReadStream();
  let text = "";
  for await (const piece of stream) text += String(piece);
  const lines = text.trim().split(/\r?\n/);
  // A line about the file is one cell, in quotes where a spreadsheet would split it.
  const isAbout = (line: string): boolean => /^"?#/.test(line);
  expect(lines.filter(isAbout).join("\n")).toMatch(/zone/i);
  const [header = "", ...rows] = lines.filter((line) => !isAbout(line));
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

test("the table on the screen is saved as it stands, and adds up", async ({ app: page }) => {
  for (const [path, column] of [["users?sort=name&order=asc", "total_cost"], ["explore?by=agent", "cost"]] as const) {
    await page.goto(`${suite.url}/app/${path}`);
    const total = await exact(page, "list-total");
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "This table as JSON" }).click()]);
    const pieces: string[] = [];
    for await (const piece of await download.createReadStream()) pieces.push(String(piece));
    const { about, rows } = JSON.parse(pieces.join("")) as { about: Record<string, string>; rows: Record<string, string | null>[] };
    expect(about).toMatchObject({ "reporting time zone": "UTC", filters: "none", "total in USD": total });
    expect(exactSum(rows.map((row) => row[column] ?? "0"))).toBe(total);
    const shown = await page.locator("tbody tr").locator("th").allTextContents();
    // On the screen the id stands behind a name.
    for (const [at, { group }] of rows.slice(0, 5).entries()) expect(shown[at]?.startsWith(group ?? "no group"), `${shown[at]} begins with ${group}`).toBe(true);
  }
});
