// Writes src/api/*.d.ts from the contracts. With --check it writes nothing and fails on a difference.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const targets = [
  { contract: "analytics-api.yaml", types: "analytics-schema.d.ts" },
  { contract: "tracking-api.yaml", types: "tracking-schema.d.ts" },
  { contract: "pricing-sync-api.yaml", types: "pricing-schema.d.ts" },
];
const heading = (contract) => `// Generated from contracts/${contract} by \`npm run generate -w dashboard\`. Do not edit.\n\n`;

/** The text of one generated file. */
async function generated({ contract }) {
  const source = new URL(`../../contracts/${contract}`, import.meta.url);
  return heading(contract) + astToString(await openapiTS(source, { alphabetize: true }));
}

const checkOnly = process.argv.includes("--check");
let stale = 0;
for (const target of targets) {
  const file = new URL(`../src/api/${target.types}`, import.meta.url);
  const text = await generated(target);
  const before = await readFile(file, "utf8").catch(() => "");
  if (before === text) continue;
  if (checkOnly) {
    console.error(`src/api/${target.types} differs from contracts/${target.contract}: run npm run generate -w dashboard`);
    stale += 1;
  } else {
    await writeFile(file, text);
    console.log(`wrote src/api/${target.types}`);
  }
}
process.exit(stale === 0 ? 0 : 1);
