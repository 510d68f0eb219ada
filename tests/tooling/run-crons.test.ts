import assert from "node:assert/strict";
import { test } from "node:test";
import { workerNames } from "../../scripts/repository.ts";
import { cronMatches } from "../../scripts/suite/run-crons.ts";
import { cronsOf } from "../../scripts/suite/start-suite.ts";

const at = (text: string): Date => new Date(`${text}:00Z`);

test("an hourly cron names one minute of each hour", () => {
  assert.ok(cronMatches("7 * * * *", at("2026-11-23T14:07")));
  assert.ok(!cronMatches("7 * * * *", at("2026-11-23T14:08")));
});

test("a daily cron names one minute of the day, in UTC", () => {
  assert.ok(cronMatches("23 3 * * *", at("2026-11-23T03:23")));
  assert.ok(!cronMatches("23 3 * * *", at("2026-11-23T15:23")));
});

test("lists, ranges and steps are understood", () => {
  assert.ok(cronMatches("*/15 8-18 * * *", at("2026-11-23T18:45")));
  assert.ok(!cronMatches("*/15 8-18 * * *", at("2026-11-23T19:45")));
  assert.ok(cronMatches("0 6,18 1 * *", at("2026-12-01T18:00")));
  // Sunday is 1; 2026-11-23 is a Monday.
  assert.ok(cronMatches("0 0 * * 2", at("2026-11-23T00:00")));
});

test("each cron of the Workers names some minute of a day", () => {
  const minutes = Array.from({ length: 1440 }, (_, minute) => new Date(Date.UTC(2026, 10, 23, 0, minute)));
  const crons = workerNames.flatMap(cronsOf);
  assert.ok(crons.length >= 2);
  for (const cron of crons) assert.ok(minutes.some((minute) => cronMatches(cron, minute)), cron);
});
