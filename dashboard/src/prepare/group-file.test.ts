import { expect, test } from "vitest";
import { daily, groupList } from "../testing/sample-ledger.ts";
import { exactSum } from "./decimal.ts";
import { groupFile, seriesFile } from "./group-file.ts";
import { csv } from "./table-file.ts";

const month = new URLSearchParams("start_date=2026-11-01&end_date=2026-11-23&group_by=model&compare=last_month");

test("the rows of a list and its Other add up to the total, which the head names", () => {
  const list = groupList("users", month);
  const file = groupFile(list, ["model:is:gpt-5.4"]);
  const at = file.columns.indexOf("total_cost");
  expect(exactSum(file.rows.map((row) => String(row[at])))).toBe(list.total.total_cost);
  expect(file.about).toMatchObject({ days: "2026-11-01 to 2026-11-23", "reporting time zone": "Europe/Berlin", filters: "model:is:gpt-5.4", "total in USD": list.total.total_cost });
  expect(csv(file)).toMatch(/^# days: 2026-11-01 to 2026-11-23\r\n/);
});

test("Explore's groups add up by any measure, and no filter is said so", () => {
  const stats = daily(month);
  for (const [metric, total] of [["cost", stats.total.total_cost], ["tokens", String(stats.total.tokens.total)], ["interactions", String(stats.total.interaction_count)]] as const) {
    const file = seriesFile(stats, metric, []);
    expect(file.about).toMatchObject({ filters: "none", [`total of ${metric}`]: total });
    expect(exactSum(file.rows.map((row) => String(row[2])))).toBe(total);
  }
});
