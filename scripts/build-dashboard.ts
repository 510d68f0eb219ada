// Builds the dashboard's static files when something they are made of has changed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildDocsPage } from "./docs-page/build-docs-page.ts";
import { writeNotices } from "./notices.ts";
import { dashboardDist, root } from "./repository.ts";
import { digestOf } from "./source-digest.ts";
import { runCommand, runScript, step } from "./steps.ts";

const sources = ["src", "public", "tools", "index.html", "package.json", "vite.config.ts", "tsconfig.json"];

export async function buildDashboard(): Promise<void> {
  const directory = join(root, "dashboard");
  // Not in `dist`: everything there is served.
  const stamp = join(root, "node_modules", ".dashboard-sources");
  const docsPage = join(root, "scripts", "docs-page");
  const digest = digestOf([...sources.map((path) => join(directory, path)), docsPage, join(root, "contracts"), join(root, "package-lock.json"), join(root, "Cargo.lock"), join(root, "scripts", "notices.ts")]);
  if (existsSync(dashboardDist) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  await step("Building the dashboard", async () => {
    await runCommand("npm", ["run", "build", "--workspace", "dashboard"], {
      title: "Building the dashboard",
      remedy: "mend the error above, then run this again.",
    });
    buildDocsPage(dashboardDist);
    writeNotices();
    writeFileSync(stamp, digest);
  });
}

if (import.meta.main) await runScript(buildDashboard);
