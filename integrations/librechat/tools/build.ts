// Builds the package as npm gets it: ESM and CommonJS, each with its own types.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

/** The package in `dist`, types included. */
export async function buildPackage(): Promise<string> {
  rmSync(dist, { recursive: true, force: true });
  await bundleInto(dist);
  execFileSync("tsc", ["-p", "tsconfig.declarations.json"], { cwd: root, stdio: "inherit" });
  cpSync(join(dist, "esm"), join(dist, "cjs"), { recursive: true, filter: (path) => !path.endsWith(".js") && !path.endsWith("package.json") });
  return dist;
}

/** Its programs alone; a bundle names nothing but Node's own modules and MongoDB's driver. */
export async function bundleInto(folder: string): Promise<void> {
  for (const format of ["esm", "cjs"] as const) {
    const outdir = join(folder, format);
    await build({
      absWorkingDir: root,
      entryPoints: format === "esm" ? ["src/index.ts", "src/command-line.ts"] : ["src/index.ts", { in: "src/preload/preload.ts", out: "preload" }],
      outdir,
      bundle: true,
      splitting: format === "esm",
      packages: "external",
      platform: "node",
      target: "node20",
      format,
      charset: "utf8",
      legalComments: "none",
    });
    mkdirSync(outdir, { recursive: true });
    writeFileSync(join(outdir, "package.json"), `{ "type": "${format === "esm" ? "module" : "commonjs"}" }\n`);
  }
}

if (import.meta.main) await buildPackage();
