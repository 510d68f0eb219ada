import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { advance, cargoFraction, plan, wholePercent } from "../../scripts/progress.ts";

afterEach(() => plan({}));

test("the whole is as far as its parts, each by the time that it takes", () => {
  plan({ tools: 60, Workers: 30, sample: 10 });
  assert.equal(wholePercent(), 0);
  advance("tools", 0.5);
  advance("something else", 1);
  assert.equal(wholePercent(), 30);
  advance("tools", 1);
  advance("Workers", 1);
  assert.equal(wholePercent(), 90);
});

test("the whole never goes back, nor past its end", () => {
  plan({ tools: 10 });
  advance("tools", 0.6);
  advance("tools", 0.2);
  assert.equal(wholePercent(), 60);
  advance("tools", 7);
  assert.equal(wholePercent(), 100);
});

test("without a plan there is no whole", () => assert.equal(wholePercent(), undefined));

test("cargo's bar is read", () => {
  assert.equal(cargoFraction("Building [=====>      ] 30/120: syn, wasmparser"), 0.25);
  assert.equal(cargoFraction("   Compiling syn v2.0.119"), undefined);
});
