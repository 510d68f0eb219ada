import AxeBuilder from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
import { ask, expect, suite, test } from "./suite.ts";

/** Where screenshots of every page go, if anywhere. */
const shots = process.env.SCREENSHOTS;
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function addresses(): Promise<[name: string, path: string][]> {
  const { items } = await ask<{ items: { id: string }[] }>("/sessions?sort=cost&limit=1&model=gpt-5-mini");
  const id = encodeURIComponent(items[0]?.id ?? "");
  const detail = await ask<{ interactions: { items: { id: string; type: string }[] }; session: { user_id: string; } }>(`/sessions/${id}`);
  const interaction = detail.interactions.items.find(({ type }) => type === "chat")?.id ?? "";
  const { items: models } = await ask<{ items: { group: { id: string; model: string } }[] }>("/stats/models?limit=10");
  const model = models.find(({ group }) => group.model !== "")?.group.id ?? "";
  return [
    ["overview", "overview"], ["explore", "explore"], ["users", "users"], ["user", `users/${encodeURIComponent(detail.session.user_id)}`],
    ["models", "models"], ["model", `models/${encodeURIComponent(model)}`], ["agents", "agents"],
    ["sessions", "sessions"], ["session", `sessions/${id}`], ["receipt", `sessions/${id}/${encodeURIComponent(interaction)}`],
    ["unpriced", "unpriced"], ["prices", "prices"], ["quarantine", "prices?tab=quarantine"], ["sources", "prices?tab=sources"], ["health", "health"], ["connect", "connect"], ["keys", "keys"],
  ];
}

for (const theme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`every page works in ${theme} at ${width} pixels, and axe finds nothing`, async ({ app: page }) => {
      test.setTimeout(240_000);
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      for (const [name, path] of await addresses()) {
        await page.goto(`${suite.url}/app/${path}`);
        await expect(page.locator("h1")).toBeVisible();
        await expect(page.locator('[data-state="loading"]')).toHaveCount(0);
        await expect(page.locator('[data-state="error"], [data-state="offline"], [data-state="forbidden"], [data-state="missing"]'), name).toHaveCount(0);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} fits`).toBeLessThanOrEqual(width);
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
        if (shots !== undefined) {
          mkdirSync(shots, { recursive: true });
          await page.screenshot({ path: `${shots}/${name}-${theme}${width === 1440 ? "" : `-${width}`}.png`, fullPage: true });
        }
      }
    });
  }
}

test("the overview asks at most four questions", async ({ app: page }) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/app/")) asked.push(pathname);
  });
  await page.goto(`${suite.url}/app/overview`);
  await expect(page.getByTestId("total-cost")).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(asked.length, asked.join(" ")).toBeLessThanOrEqual(4);
});

test("the site is served under a strict policy", async ({ app: page }) => {
  const response = await page.goto(`${suite.url}/app/overview`);
  const policy = response?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/unsafe/);
  const deep = await page.goto(`${suite.url}/app/users/nobody-here`);
  expect(deep?.status()).toBe(200);
  expect(deep?.headers()["content-security-policy"]).toBe(policy);
});

test("a page can be printed", async ({ app: page }) => {
  await page.goto(`${suite.url}/app/overview`);
  await expect(page.getByTestId("total-cost")).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeHidden();
  await expect(page.getByText(/days in .*no filter/)).toBeVisible();
  expect((await page.pdf()).length).toBeGreaterThan(10_000);
});
