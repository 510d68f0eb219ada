import { expect, test } from "vitest";
import { addDays, addMonths, dayLabel, epochDay, isDay, lastDays, monthEnd, monthStart, rangeLabel, rangeLength, todayIn, weekday } from "./day.ts";

test("days step over months, years and leap days", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  expect(rangeLength("2026-11-01", "2026-11-23")).toBe(23);
  expect(addMonths("2026-01-31", -1)).toBe("2025-12-01");
  expect(addMonths("2026-11-15", 2)).toBe("2027-01-01");
  expect([monthStart("2026-11-23"), monthEnd("2028-02-10")]).toEqual(["2026-11-01", "2028-02-29"]);
  expect(epochDay("1970-01-02")).toBe(1);
});

test("a day that does not exist is no day", () => {
  expect(["2026-11-23", "2026-02-30", "2026-1-1", "today", "9999-99-99"].map(isDay)).toEqual([true, false, false, false, false]);
});

test("the week begins on Monday", () => {
  expect(weekday("2026-11-23")).toBe(0);
  expect(weekday("2026-11-22")).toBe(6);
  expect(weekday("1969-12-28")).toBe(6);
});

test("today depends on the reporting zone, also on the days that clocks change", () => {
  const evening = new Date("2026-11-23T23:30:00Z");
  expect(todayIn("UTC", evening)).toBe("2026-11-23");
  expect(todayIn("Europe/Berlin", evening)).toBe("2026-11-24");
  expect(todayIn("America/Los_Angeles", evening)).toBe("2026-11-23");
  // The 25-hour day of Berlin ends at 23:00 UTC, the 23-hour day at 22:00 UTC.
  expect(todayIn("Europe/Berlin", new Date("2026-10-25T22:59:59Z"))).toBe("2026-10-25");
  expect(todayIn("Europe/Berlin", new Date("2026-10-25T23:00:00Z"))).toBe("2026-10-26");
  expect(todayIn("Europe/Berlin", new Date("2026-03-29T21:59:59Z"))).toBe("2026-03-29");
  expect(todayIn("Europe/Berlin", new Date("2026-03-29T22:00:00Z"))).toBe("2026-03-30");
});

test("a range is named as briefly as it can be", () => {
  expect(rangeLabel("2026-11-01", "2026-11-23", "2026-11-23")).toBe("Nov 1–23");
  expect(rangeLabel("2026-10-28", "2026-11-03", "2026-11-23")).toBe("Oct 28 – Nov 3");
  expect(rangeLabel("2026-11-18", "2026-11-18", "2026-11-23")).toBe("Wed, Nov 18");
  expect(rangeLabel("2025-12-01", "2026-01-03", "2026-11-23")).toBe("Dec 1, 2025 – Jan 3, 2026");
  expect(rangeLabel("2025-12-01", "2025-12-01", "2026-11-23")).toBe("Dec 1, 2025");
  expect(dayLabel("2026-11-01", "month")).toBe("Nov 2026");
});

test("the last days have today among them", () => {
  expect(lastDays("2026-03-01", 2)).toEqual({ start_date: "2026-02-28", end_date: "2026-03-01" });
});
