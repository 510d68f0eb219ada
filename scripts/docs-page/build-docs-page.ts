// Builds the page of the API into what the front door serves: `/docs` with its renderer, and the contracts themselves.
// Nothing is inline and nothing comes from elsewhere, so that the page's policy allows nothing but its own files.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../repository.ts";
import { addCurlSamples } from "./curl-samples.ts";
import { joinContracts, type JsonObject } from "./join-contracts.ts";

const contracts = ["tracking", "analytics", "pricing"].map((name) => ({ name, file: `${name === "pricing" ? "pricing-sync" : name}-api.yaml` }));
const here = import.meta.dirname;

export function buildDocsPage(directory: string): void {
  const docs = join(directory, "docs");
  rmSync(docs, { recursive: true, force: true });
  mkdirSync(docs, { recursive: true });
  mkdirSync(join(directory, "contracts"), { recursive: true });
  const documents = contracts.map(({ name, file }) => {
    const source = readFileSync(join(root, "contracts", file), "utf8");
    writeFileSync(join(directory, "contracts", file), source);
    return { name, document: parse(source) as JsonObject };
  });
  const document = joinContracts(documents, readFileSync(join(here, "introduction.md"), "utf8"));
  addCurlSamples(document);
  writeFileSync(join(docs, "openapi.json"), JSON.stringify(document));
  for (const file of ["index.html", "docs.css", "open-docs.js"]) cpSync(join(here, file), join(docs, file));
  writeFileSync(join(docs, "redoc.js"), renderer());
}

/** Redoc as it is packed, without the one picture that it would load from its maker's site. */
function renderer(): string {
  const bundle = readFileSync(createRequire(import.meta.url).resolve("redoc/bundles/redoc.standalone.js"), "utf8");
  return bundle.replaceAll("https://cdn.redoc.ly/redoc/logo-mini.svg", "data:,").replace(/\n\/\/# sourceMappingURL=\S*\s*$/, "\n");
}
