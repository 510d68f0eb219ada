import { expect, test } from "vitest";
import { prepareBullet } from "./forecast.ts";

const forecast = { low: "1090", mid: "1186", high: "1290" };

test("spent and projected share one scale that ends at the high end", () => {
  const bullet = prepareBullet("812.40", forecast);
  expect(bullet?.spent).toBeCloseTo(62.98, 2);
  expect((bullet?.spent ?? 0) + (bullet?.projected ?? 0)).toBeCloseTo(91.94, 2);
  expect(bullet?.high).toBe(100);
  expect(bullet?.label).toBe("$1,186 ($1,090–$1,290)");
});

test("no projection, no bar", () => {
  expect(prepareBullet("812.40", null)).toBeNull();
  expect(prepareBullet("0", { ...forecast, low: "0", mid: "0", high: "0" })).toBeNull();
});

test("spending beyond the projection fills the bar and no more", () => {
  expect(prepareBullet("2000", forecast)).toMatchObject({ spent: 100, projected: 0 });
});
