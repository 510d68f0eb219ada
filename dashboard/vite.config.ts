import optimizeLocales from "@react-aria/optimize-locales-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `npm run dev` finds the suite; the built site is served by the suite itself. */
const suite = process.env.SUITE_URL ?? "http://127.0.0.1:8787";

/** Everything that is not the dashboard's own path belongs to the suite's Workers. */
const suitePaths = "^/(?!app/)";

const isTest = process.env.VITEST !== undefined;

export default defineConfig({
  // The component tests' own server has paths of its own.
  base: isTest ? "/" : "/app/",
  // Every element is made by a runtime that writes hidden characters of names out.
  plugins: [react({ jsxImportSource: "/src/visible-jsx" }), tailwindcss(), { ...optimizeLocales.vite({ locales: ["en-US"] }), enforce: "pre" }],
  // Through that runtime React's own is found late; found while pages are open, it would be bundled a second time.
  optimizeDeps: { include: ["react/jsx-runtime", "react/jsx-dev-runtime"] },
  build: {
    // The Workers' assets directory is `dist`, and the site lives under /app/.
    outDir: "dist/app",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // light-dark(), nesting and :has() without fallbacks.
    target: ["chrome125", "firefox129", "safari18"],
    manifest: true,
    modulePreload: { polyfill: false },
    // What every page runs on changes with its versions only, so a browser keeps it over our releases.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "vendor", test: /node_modules\/(?:react|react-dom|scheduler|@tanstack|openapi-fetch|clsx)\// }] } } },
  },
  server: isTest ? {} : { proxy: { [suitePaths]: { target: suite, changeOrigin: true } } },
});
