import { playwright } from "@vitest/browser-playwright";
import { defineConfig, mergeConfig } from "vitest/config";
import viteConfig from "./vite.config.ts";

/** Debian's browser unless the environment names another: nothing is downloaded. */
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

export default mergeConfig(
  viteConfig,
  defineConfig({
    test: {
      projects: [
        {
          // Pure functions: no browser, no React.
          extends: true,
          test: { name: "unit", environment: "node", include: ["src/**/*.test.ts"] },
        },
        {
          // Components in a real browser: layout, focus and colours are the true ones.
          extends: true,
          // Found only while the tests run, it would be bundled then, beside a second React.
          optimizeDeps: { entries: ["src/main.tsx", "src/**/*.test.tsx"], include: ["react-dom/client"] },
          test: {
            name: "browser",
            include: ["src/**/*.test.tsx"],
            expect: { poll: { timeout: 5_000 } },
            browser: {
              enabled: true,
              headless: true,
              screenshotFailures: false,
              provider: playwright({ launchOptions: { executablePath, args: ["--no-sandbox"] } }),
              instances: [{ browser: "chromium", viewport: { width: 1280, height: 900 } }],
            },
          },
        },
      ],
    },
  }),
);
