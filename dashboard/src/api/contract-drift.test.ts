import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("the generated types are those of the contracts", () => {
  const run = () => execFileSync(process.execPath, ["tools/generate-api-types.mjs", "--check"], { cwd: new URL("../..", import.meta.url), stdio: "pipe", encoding: "utf8" });
  expect(run).not.toThrow();
}, 30_000);
