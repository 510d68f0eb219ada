import { expect, test } from "vitest";
import { zoneHour, zoneMidnight, zoneTime } from "./zone-time.ts";

test("a moment is read in the reporting zone", () => {
  expect(zoneTime("2026-11-18T09:12:44.000Z", "Europe/Berlin", "full")).toBe("Nov 18, 2026, 10:12:44");
  expect(zoneTime("2026-11-18T23:30:00.000Z", "Europe/Berlin")).toBe("Nov 19, 00:30");
  expect(zoneTime("2026-11-18T09:12:44.000Z", "UTC", "second")).toBe("09:12:44");
});

test("the hour that an autumn night repeats is two hours", () => {
  expect(zoneHour("2026-10-25T00:00:00Z", "Europe/Berlin")).toBe("2026-10-25T02:00+02:00");
  expect(zoneHour("2026-10-25T01:00:00Z", "Europe/Berlin")).toBe("2026-10-25T02:00+01:00");
  expect(zoneHour("2026-10-25T01:00:00Z", "UTC")).toBe("2026-10-25T01:00+00:00");
});

test("a day begins at the zone's midnight, also around a change of clocks", () => {
  expect(zoneMidnight("2026-11-23", "Europe/Berlin")).toBe("2026-11-22T23:00:00.000Z");
  expect(zoneMidnight("2026-10-25", "Europe/Berlin")).toBe("2026-10-24T22:00:00.000Z");
  expect(zoneMidnight("2026-10-26", "Europe/Berlin")).toBe("2026-10-25T23:00:00.000Z");
  expect(zoneMidnight("2026-11-01", "America/Los_Angeles")).toBe("2026-11-01T07:00:00.000Z");
  expect(zoneMidnight("2026-11-23", "UTC")).toBe("2026-11-23T00:00:00.000Z");
});
