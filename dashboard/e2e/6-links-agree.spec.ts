// What a link promises is what it opens: every "All n …" leads to exactly n, on every page that has one.
import { ask, atRest, expect, suite, test } from "./suite.ts";
import { samplePages } from "./pages.ts";

/** Pages of what has no name are where a link most easily forgets its filter. */
const nameless = [["no agent", "agents/~"], ["no model", "models/%2F"], ["a model and an agent", "models/openai%2Fgpt-5-mini?f=agent:is:"], ["one user's month", "overview?p=lm&f=agent:is:"]] as const;

/** "All 1,201 sessions →" → 1201. */
function promised(text: string): number {
  return Number(/^All ([\d,]+) /.exec(text)?.[1]?.replaceAll(",", ""));
}

test("every link that says how many it leads to leads to exactly so many", async ({ app: page }) => {
  test.setTimeout(600_000);
  const wrong: string[] = [];
  let followed = 0;
  for (const [name, path] of [...(await samplePages()), ...nameless]) {
    await page.goto(`${suite.url}/app/${path}`);
    await atRest(page);
    const texts = await page.getByRole("link", { name: /^All [\d,]+ / }).allTextContents();
    for (const text of texts) {
      await page.getByRole("link", { name: text.trim() }).first().click();
      await expect(page).not.toHaveURL(`${suite.url}/app/${path}`);
      await atRest(page);
      const heading = await page.locator("main h2").filter({ hasText: /^[\d,]+ / }).first().textContent();
      followed += 1;
      if (promised(text.trim()) !== Number(/^([\d,]+)/.exec(heading ?? "")?.[1]?.replaceAll(",", ""))) wrong.push(`${name}: "${text.trim()}" opens "${heading}"`);
      await page.goBack();
      await atRest(page);
    }
  }
  expect(wrong).toEqual([]);
  expect(followed).toBeGreaterThan(6);
});

test("what has no price leads to exactly those interactions", async ({ app: page }) => {
  const { items } = await ask<{ items: { provider: string; model: string; type: string }[] }>("/pricing/unpriced?days=400");
  const tool = items.find(({ model, type }) => model === "" && type === "api");
  test.skip(tool === undefined, "the sample has no tool without a price");
  await page.goto(`${suite.url}/app/unpriced`);
  await page.getByRole("row").filter({ hasText: /API calls/ }).first().locator("[data-row-link]").click();
  await atRest(page);
  await expect(page).toHaveURL(/f=type:is:api&f=model:is:&f=provider:is:/);
  const total = await page.getByTestId("list-total").first().textContent();
  const { total: figures } = await ask<{ total: { interaction_count: number } }>(`/stats/system?start_date=2020-01-01&end_date=2030-01-01&type=api&model=&provider=${tool?.provider ?? ""}`).catch(() => ({ total: { interaction_count: Number.NaN } }));
  if (!Number.isNaN(figures.interaction_count)) expect(Number(total?.replaceAll(",", ""))).toBe(figures.interaction_count);
});

test("one total is spelled one way, wherever it stands", async ({ app: page }) => {
  const spellings = new Set<string>();
  for (const path of ["overview", "explore", "users", "models", "agents"]) {
    await page.goto(`${suite.url}/app/${path}?p=28d`);
    await atRest(page);
    spellings.add((await page.getByTestId(path === "overview" ? "total-cost" : "list-total").first().textContent())?.trim() ?? "");
  }
  expect([...spellings]).toHaveLength(1);
});

test("tokens, interactions and failures change by their own figures, not by those of cost", async ({ app: page }) => {
  const { today } = await ask<{ today: string }>("/watermark");
  const from = new Date(Date.parse(today) - 27 * 86_400_000).toISOString().slice(0, 10);
  for (const [metric, measure] of [["tokens", "tokens"], ["interactions", "interactions"], ["errors", "errors"]] as const) {
    const stats = await ask<{ count_change: { ratio: number | null }; series: { group: { label: string; user_id: string } }[] }>(`/stats/daily?start_date=${from}&end_date=${today}&group_by=user&top=25&rank_by=${measure}&compare=previous`);
    await page.goto(`${suite.url}/app/explore?p=28d&by=user&m=${metric}`);
    await atRest(page);
    const first = stats.series[0]?.group;
    await expect(page.locator("tbody tr").first()).toContainText(first?.label || first?.user_id || "No user");
    const ratio = stats.count_change.ratio;
    if (ratio !== null) await expect(page.locator("thead tr").nth(1)).toContainText(`${Math.abs(ratio * 100).toFixed(1)}`);
  }
});
