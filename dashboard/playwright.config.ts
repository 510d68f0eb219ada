import { defineConfig } from "@playwright/test";

/** Debian's browser unless the environment names another: nothing is downloaded. */
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "e2e",
  outputDir: "../test-results/dashboard",
  globalSetup: "./e2e/start-suite.ts",
  // One suite, one ledger: the scenarios that write go last and see each other's events.
  workers: 1,
  fullyParallel: false,
  // What a test waits for comes or does not: a slow or busy machine is no reason to give up on it.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    launchOptions: { executablePath, args: ["--no-sandbox"] },
    trace: "off",
  },
});
