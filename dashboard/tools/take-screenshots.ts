// Takes a picture of every page in both themes, of some at a phone's width too, with the sample
// installation, into docs/dashboard/, and docs/overview.png, which the project's README shows
// (SCREENSHOTS names another directory; ONLY=overview,… some pages).
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright";
import { type SamplePage, samplePages } from "../e2e/pages.ts";
import startSuite from "../e2e/start-suite.ts";
import { installChromium } from "../../scripts/install-chromium.ts";

const directory = process.env["SCREENSHOTS"] ?? join(import.meta.dirname, "..", "..", "docs", "dashboard");
const wanted = process.env["ONLY"]?.split(",");
/** Pages that a phone shows otherwise than smaller. */
const narrow = { light: new Set(["overview", "explore", "users", "sessions", "session", "receipt", "prices"]), dark: new Set(["overview", "session"]) };
const quality = 80;
const heightMax = 1_500;

/** Chromium writes WebP itself, a third of a PNG's size. */
async function shoot(page: Page, name: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  // As tall as the page, so that what sticks to the window's edges stands where it should; a long list is cut.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(Math.max(height, 700), heightMax) });
  await page.waitForTimeout(150);
  const client = await page.context().newCDPSession(page);
  const { data } = await client.send("Page.captureScreenshot", { format: "webp", quality });
  if (name === "overview-light") await page.screenshot({ path: join(directory, "..", "overview.png") });
  writeFileSync(join(directory, `${name}.webp`), Buffer.from(data, "base64"));
  await client.detach();
  await page.setViewportSize({ width, height: 900 });
}

async function visit(page: Page, url: string, [name, path]: SamplePage): Promise<void> {
  await page.goto(`${url}/app/${path}`);
  await page.locator("h1").waitFor();
  await page.waitForLoadState("networkidle");
  if (name !== "explore") return;
  await page.getByRole("button", { name: /^Split / }).first().click();
  await page.getByText("Loading…").waitFor({ state: "hidden" });
}

async function shootAll(context: BrowserContext, url: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${url}/app/`);
  await page.getByLabel("Key").fill(process.env["SUITE_ADMIN_KEY"] ?? "");
  const pages = (await samplePages()).filter(([name]) => wanted?.includes(name) ?? true);
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    if (theme === "light") {
      await page.setViewportSize({ width: 1440, height: 900 });
      if (wanted === undefined || wanted.includes("sign-in")) await shoot(page, "sign-in-light");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByTestId("total-cost").waitFor();
    }
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const one of pages.filter(([name]) => width === 1440 || narrow[theme].has(name))) {
        await visit(page, url, one);
        await page.evaluate(() => scrollTo(0, 0));
        await shoot(page, `${one[0]}-${theme}${width === 1440 ? "" : `-${width}`}`);
      }
    }
  }
}

mkdirSync(directory, { recursive: true });
process.env["CHROMIUM_PATH"] ??= await installChromium();
const stop = await startSuite();
const browser = await chromium.launch({ executablePath: process.env["CHROMIUM_PATH"], args: ["--no-sandbox"] });
try {
  await shootAll(await browser.newContext({ reducedMotion: "reduce" }), process.env["SUITE_URL"] ?? "");
} finally {
  await browser.close();
  await stop?.();
}
