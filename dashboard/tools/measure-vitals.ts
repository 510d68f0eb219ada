// Measures what a person on a slow machine sees of the overview: its largest paint, the answer to a
// press, and what jumps, under a 4× slower processor and a fast mobile network, with an empty cache.
// Starts the suite with the sample installation by itself unless SUITE_URL, SUITE_ADMIN_KEY and
// SUITE_INGEST_KEY name a running one.
import { type Browser, type BrowserContext, chromium, type Page } from "playwright";
import startSuite from "../e2e/start-suite.ts";
import { installChromium } from "../../scripts/install-chromium.ts";

const runs = 5;
/** What each figure should stay under: milliseconds, but for the shift, which has no unit. */
const aims = { lcp: 1_800, inp: 150, cls: 0.05 };
/** A 4G network as Chromium's own tools emulate it, in bytes a second. */
const network = { offline: false, latency: 60, downloadThroughput: (9_000 * 1024) / 8, uploadThroughput: (1_500 * 1024) / 8 };

interface Vitals {
  lcp: number;
  inp: number;
  cls: number;
  /** Milliseconds until the total and the chart stand there. */
  shown: number;
  /** Milliseconds of the page's main thread until the presses. */
  cpu: number;
}
declare global {
  interface Window {
    vitals: Omit<Vitals, "cpu">;
  }
}

/** Records what the browser reports; runs in the page before anything of it. */
function observe(): void {
  window.vitals = { lcp: 0, inp: 0, cls: 0, shown: 0 };
  new MutationObserver((_records, observer) => {
    if (document.querySelector('[data-testid="total-cost"]') === null || document.querySelector("figure svg") === null) return;
    window.vitals.shown = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
  const watch = (type: string, take: (entry: PerformanceEntry) => void, more: object = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  watch("largest-contentful-paint", (entry) => {
    window.vitals.lcp = entry.startTime;
  });
  watch("layout-shift", (entry) => {
    const { hadRecentInput, value } = entry as PerformanceEntry & { hadRecentInput: boolean; value: number };
    if (!hadRecentInput) window.vitals.cls += value;
  });
  watch("event", (entry) => {
    if ((entry as PerformanceEventTiming & { interactionId: number }).interactionId > 0) window.vitals.inp = Math.max(window.vitals.inp, entry.duration);
  }, { durationThreshold: 16 });
}

type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

async function signIn(browser: Browser, url: string, key: string): Promise<State> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${url}/app/`);
  await page.getByLabel("Key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByTestId("total-cost").waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

async function measure(browser: Browser, url: string, storageState: State): Promise<Vitals> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState });
  const page = await context.newPage();
  await page.addInitScript(observe);
  const client = await context.newCDPSession(page);
  await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await client.send("Network.enable");
  await client.send("Network.emulateNetworkConditions", network);
  await client.send("Performance.enable");
  await page.goto(`${url}/app/overview`);
  await page.getByTestId("total-cost").waitFor();
  await page.waitForLoadState("networkidle");
  const { metrics } = await client.send("Performance.getMetrics");
  const cpu = 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
  await press(page);
  const vitals = await page.evaluate(() => window.vitals);
  await context.close();
  return { ...vitals, cpu };
}

/** What a reader does with the chart: splits it otherwise, and reads it as a table. */
async function press(page: Page): Promise<void> {
  for (const name of ["User", "Agent", "Model", "Table", "Chart"]) {
    await page.getByRole("radio", { name, exact: true }).first().click();
    await page.waitForTimeout(700);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function report(what: string, value: number, aim: number, unit: string): void {
  const shown = unit === "" ? value.toFixed(3) : `${value.toFixed(0)} ${unit}`;
  console.log(`  ${what.padEnd(46)} ${shown.padStart(9)}  (aim ${aim}${unit === "" ? "" : ` ${unit}`}${value > aim ? ", MISSED" : ""})`);
}

process.env["CHROMIUM_PATH"] ??= await installChromium();
const stop = await startSuite();
const browser = await chromium.launch({ executablePath: process.env["CHROMIUM_PATH"], args: ["--no-sandbox"] });
try {
  const url = process.env["SUITE_URL"] ?? "";
  const known = await signIn(browser, url, process.env["SUITE_ADMIN_KEY"] ?? "");
  // A first visit in a browser that never heard the installation's time zone: its questions wait for it.
  const unknown: State = { cookies: known.cookies, origins: [] };
  const returning: Vitals[] = [];
  const first: Vitals[] = [];
  for (let run = 0; run < runs; run += 1) {
    returning.push(await measure(browser, url, known));
    first.push(await measure(browser, url, unknown));
  }
  console.log(`The overview with the sample, 4× slower processor, 9 Mbit/s and 60 ms, empty cache, medians of ${runs}:`);
  report("largest paint, signed in before", median(returning.map(({ lcp }) => lcp)), aims.lcp, "ms");
  report("largest paint, time zone not yet known", median(first.map(({ lcp }) => lcp)), aims.lcp, "ms");
  report("total and chart there, signed in before", median(returning.map(({ shown }) => shown)), aims.lcp, "ms");
  report("answer to a press, the slowest of five", median([...returning, ...first].map(({ inp }) => inp)), aims.inp, "ms");
  report("layout shift", median([...returning, ...first].map(({ cls }) => cls)), aims.cls, "");
  console.log(`  main thread until all is shown, slowed 4×       ${median(returning.map(({ cpu }) => cpu)).toFixed(0).padStart(6)} ms`);
} finally {
  await browser.close();
  await stop?.();
}
