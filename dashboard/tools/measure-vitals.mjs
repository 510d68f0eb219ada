// Measures what a person on a slow machine sees: largest paint, response to a press and shift of the
// overview, under a 4× slower processor and a fast mobile network. Needs SUITE_URL and SUITE_ADMIN_KEY.
import { chromium } from "playwright";

const { SUITE_URL: url, SUITE_ADMIN_KEY: key, CHROMIUM_PATH: executablePath = "/usr/bin/chromium" } = process.env;
if (url === undefined || key === undefined) {
  console.error("SUITE_URL and SUITE_ADMIN_KEY must name a running suite.");
  process.exit(2);
}
const runs = 5;
const aims = { lcp_ms: 1_800, inp_ms: 150, cls: 0.05 };

/** Records what the browser reports; runs in the page before anything of it. */
function observe() {
  window.vitals = { lcp_ms: 0, inp_ms: 0, cls: 0 };
  const watch = (type, take, more = {}) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  watch("largest-contentful-paint", (entry) => {
    window.vitals.lcp_ms = entry.startTime;
  });
  watch("layout-shift", (entry) => {
    if (!entry.hadRecentInput) window.vitals.cls += entry.value;
  });
  watch("event", (entry) => {
    if (entry.interactionId > 0) window.vitals.inp_ms = Math.max(window.vitals.inp_ms, entry.duration);
  }, { durationThreshold: 16 });
}

async function measure(browser, cookies) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies(cookies);
  const page = await context.newPage();
  await page.addInitScript(observe);
  const client = await context.newCDPSession(page);
  await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await client.send("Network.enable");
  await client.send("Network.emulateNetworkConditions", { offline: false, latency: 60, downloadThroughput: (9_000 * 1024) / 8, uploadThroughput: (1_500 * 1024) / 8 });
  await page.goto(`${url}/app/overview`);
  await page.getByTestId("total-cost").waitFor();
  await page.waitForLoadState("networkidle");
  for (const name of ["User", "Agent", "Model"]) {
    await page.getByRole("radio", { name, exact: true }).first().click();
    await page.waitForTimeout(600);
  }
  const vitals = await page.evaluate(() => window.vitals);
  await context.close();
  return vitals;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext();
const page = await context.newPage();
await page.goto(`${url}/app/`);
await page.getByLabel("Key").fill(key);
await page.getByRole("button", { name: "Sign in" }).click();
await page.getByTestId("total-cost").waitFor();
const cookies = await context.cookies();
const results = [];
for (let run = 0; run < runs; run += 1) results.push(await measure(browser, cookies));
await browser.close();
for (const [name, aim] of Object.entries(aims)) {
  const value = median(results.map((result) => result[name]));
  console.log(`${name} ${value.toFixed(name === "cls" ? 3 : 0)} (aim ${aim}, median of ${runs})`);
}
