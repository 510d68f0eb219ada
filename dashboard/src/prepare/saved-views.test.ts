import { expect, test } from "vitest";
import { nameFault, parseViews, viewCountMax, withoutView, withRenamedView, withView } from "./saved-views.ts";

const views = [{ name: "Tokens by user", search: "?m=tokens&by=user" }, { name: "Everything", search: "" }];

test("a list survives being stored, and what is damaged is left out", () => {
  expect(parseViews(JSON.stringify(views))).toEqual(views);
  expect(parseViews(null)).toEqual([]);
  expect(parseViews("{")).toEqual([]);
  expect(parseViews('"x"')).toEqual([]);
  expect(parseViews(JSON.stringify([null, 1, { name: "" }, { name: "", search: "" }, { name: "far", search: "https://elsewhere.example" }, { name: 1, search: "?" }, ...views, views[0]]))).toEqual(views);
  expect(parseViews(JSON.stringify(Array.from({ length: 80 }, (_, index) => ({ name: `view ${index}`, search: "" }))))).toHaveLength(viewCountMax);
});

test("a name is needed, short and nobody else's", () => {
  expect(nameFault(views, " ")).toMatch(/Give/);
  expect(nameFault(views, "x".repeat(61))).toMatch(/at most 60/);
  expect(nameFault(views, "Everything")).toMatch(/Another/);
  expect(nameFault(views, "Everything", "Everything")).toBeNull();
  expect(nameFault(views, "New")).toBeNull();
});

test("a view is added, renamed, taken away and put back in its place", () => {
  expect(withView(views, { name: " Third ", search: "?g=week" }).at(-1)).toEqual({ name: "Third", search: "?g=week" });
  expect(withRenamedView(views, "Everything", "All ")[1]?.name).toBe("All");
  const without = withoutView(views, "Tokens by user");
  expect(without).toEqual([views[1]]);
  expect(withView(without, views[0] ?? { name: "", search: "" }, 0)).toEqual(views);
});
