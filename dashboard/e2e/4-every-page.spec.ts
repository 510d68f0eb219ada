import AxeBuilder from "@axe-core/playwright";
import { samplePages } from "./pages.ts";
import { atRest, expect, suite, test } from "./suite.ts";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

for (const theme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`every page works in ${theme} at ${width} pixels, and axe finds nothing`, async ({ app: page }) => {
      test.setTimeout(600_000);
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      for (const [name, path] of await samplePages()) {
        await page.goto(`${suite.url}/app/${path}`);
        await atRest(page);
        await expect(page.locator('[data-state="error"], [data-state="offline"], [data-state="forbidden"], [data-state="missing"]'), name).toHaveCount(0);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} fits`).toBeLessThanOrEqual(width);
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
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
