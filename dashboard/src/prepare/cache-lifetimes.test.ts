import { expect, test } from "vitest";
import type { CacheLifetime } from "../api/queries/accuracy.ts";
import { flagsOvertaken, ofSource } from "./cache-lifetimes.ts";

const june = "2026-06-18T00:00:00.000Z";
const november = "2026-11-20T00:00:00.000Z";
const item = (lifetime: CacheLifetime["lifetime"], valid_from: string | null, source: CacheLifetime["source"] = "langfuse"): CacheLifetime => ({ source, lifetime, valid_from });

test("the settings of a source stand in the order of their moments", () => {
  expect(ofSource([item("1h", june), item("5m", null), item("1h", null, "api")], "langfuse").map(({ lifetime }) => lifetime)).toEqual(["5m", "1h"]);
});

test.each<[string, CacheLifetime[], CacheLifetime, string[]]>([
  ["another setting held", [item("5m", null), item("1h", june)], item("5m", november), ["cache_lifetime_by_setting"]],
  ["nothing was ever set", [], item("1h", null, "otel"), ["cache_lifetime_assumed"]],
  ["it was left open for a while", [item("unknown", null), item("1h", june)], item("5m", null), ["cache_lifetime_assumed", "cache_lifetime_by_setting"]],
  ["the same held already", [item("1h", june)], item("1h", november), []],
])("a change offers to estimate again what it takes over: %s", (_, before, change, flags) => {
  expect(flagsOvertaken(before, change)).toEqual(flags);
});
