import { playwright } from "@vitest/browser-playwright";
import type { BrowserCommand } from "vitest/node";
import { defineConfig, mergeConfig } from "vitest/config";
import viteConfig from "./vite.config.ts";

/** Debian's browser unless the environment names another: nothing is downloaded. */
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

const restPointer: BrowserCommand<[]> = ({ page }) => page.mouse.move(0, 0);

/** What a test waits for comes or does not: a slow or busy machine is no reason to give up on it. */
const testTimeout = 120_000;

export default mergeConfig(
  viteConfig,
  defineConfig({
    test: {
      projects: [
        {
          // Pure functions: no browser, no React.
          extends: true,
          test: { name: "unit", environment: "node", testTimeout, include: ["src/**/*.test.ts"] },
        },
        {
          // Components in a real browser: layout, focus and colours are the true ones.
          extends: true,
          // Found only while the tests run, it would be bundled then, beside a second React.
          optimizeDeps: { entries: ["src/main.tsx", "src/**/*.test.tsx"], include: ["react-dom/client"] },
          test: {
            name: "browser",
            include: ["src/**/*.test.tsx"],
            setupFiles: ["src/testing/rest-pointer.ts"],
            testTimeout,
            expect: { poll: { timeout: 30_000 } },
            browser: {
              enabled: true,
              headless: true,
              screenshotFailures: false,
              commands: { restPointer },
              provider: playwright({ launchOptions: { executablePath, args: ["--no-sandbox"] }, contextOptions: { reducedMotion: "reduce" } }),
              instances: [{ browser: "chromium", viewport: { width: 1280, height: 900 } }],
            },
          },
        },
      ],
    },
  }),
);
