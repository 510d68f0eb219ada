import AxeBuilder from "@axe-core/playwright";
import { samplePages } from "./pages.ts";
import { atRest, expect, suite, test } from "./suite.ts";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** Another theme is the same page in other colours: these are all the rules of those tags that look at one. */
const rulesOfColour = ["color-contrast", "link-in-text-block"];

for (const width of [1440, 390]) {
  test(`every page works at ${width} pixels, and axe finds nothing in either theme`, async ({ app: page }) => {
    test.setTimeout(600_000);
    await page.setViewportSize({ width, height: 900 });
    for (const [name, path] of await samplePages()) {
      await page.goto(`${suite.url}/app/${path}`);
      const grounds = new Set<string>();
      // A page without a theme of its own follows the system's while it is open: it need not be loaded again.
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await atRest(page);
        grounds.add(await page.evaluate(() => getComputedStyle(document.body).color));
        await expect(page.locator('[data-state="error"], [data-state="offline"], [data-state="forbidden"], [data-state="missing"]'), name).toHaveCount(0);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} fits`).toBeLessThanOrEqual(width);
        const axe = new AxeBuilder({ page });
        const { violations } = await (theme === "light" ? axe.withTags(tags) : axe.withRules(rulesOfColour)).analyze();
        expect(violations.map(({ id, nodes }) => `${name} in ${theme}: ${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
      }
      expect(grounds.size, `${name} has two themes`).toBe(2);
    }
  });
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
