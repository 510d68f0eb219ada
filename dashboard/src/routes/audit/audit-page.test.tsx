import { afterEach, expect, test } from "vitest";
import { accessibilityFaults } from "../../testing/axe.ts";
import { renderApp } from "../../testing/render-app.tsx";

let leave: (() => void) | null = null;
afterEach(() => leave?.());

async function open(over: Parameters<typeof renderApp>[1] = {}) {
  const app = await renderApp("/audit", over);
  leave = app.remove;
  return app;
}

test("each change says when, who by name, what in words, of what, and why", async () => {
  const { screen } = await open();
  const row = screen.getByRole("row", { name: /Made a key/ }).first();
  await expect.element(row.getByText("admin", { exact: false }).first()).toBeVisible();
  await expect.element(row.getByText("key.create")).toBeVisible();
  await expect.element(row.getByText("Nov 23, 2026, 13:51:09")).toBeVisible();
  await row.getByText("3 values").click();
  await expect.element(row.getByText("scopes.0")).toBeVisible();
  await expect.element(screen.getByText("“so that LibreChat is told apart”")).toBeVisible();
  expect(await accessibilityFaults()).toEqual([]);
});

test("older entries are asked for by where this page ends, until there are none", async () => {
  const { screen, requests } = await open();
  expect(screen.getByText("Read the price lists").elements()).toHaveLength(0);
  await screen.getByRole("button", { name: "Load older" }).click();
  await expect.element(screen.getByText("Read the price lists")).toBeVisible();
  await expect.element(screen.getByText("That is all, from the first entry on.")).toBeVisible();
  expect(requests.filter((path) => path.startsWith("/admin/audit"))).toEqual(["/admin/audit?limit=100", "/admin/audit?limit=100&before=6"]);
  expect(screen.getByRole("button", { name: "Load older" }).elements()).toHaveLength(0);
});

test("an empty log says what will be in it, and offers no file", async () => {
  const { screen } = await open({ "/admin/audit": () => ({ items: [], next_before: null }) });
  await expect.element(screen.getByText(/^Nothing yet/)).toBeVisible();
  expect(screen.getByRole("button", { name: "CSV" }).elements()).toHaveLength(0);
});

test("a key that only reads is not offered the page", async () => {
  localStorage.setItem("tokentill.scopes", "read");
  const app = await renderApp("/overview");
  leave = () => {
    app.remove();
    localStorage.removeItem("tokentill.scopes");
  };
  await expect.element(app.screen.getByRole("link", { name: "Health" }).first()).toBeInTheDocument();
  expect(app.screen.getByRole("link", { name: "Audit" }).elements()).toHaveLength(0);
});
