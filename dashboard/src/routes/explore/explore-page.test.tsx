import { afterEach, beforeEach, expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { setSavedViews } from "../../shell/saved-views.ts";
import { atRest } from "../../testing/at-rest.ts";
import { accessibilityFaults } from "../../testing/axe.ts";
import { renderApp } from "../../testing/render-app.tsx";

let leave: (() => void) | null = null;
beforeEach(() => setSavedViews([]));
afterEach(() => leave?.());

async function explore(address: string) {
  const app = await renderApp(address);
  leave = app.remove;
  await expect.element(app.screen.getByText(/of 8 shown/)).toBeVisible();
  await atRest(app);
  return app;
}

test("cumulative adds up to the period's total, and the projection counts on from there", async () => {
  const { screen, router } = await explore("/explore");
  await screen.getByRole("checkbox", { name: "cumulative" }).click();
  await expect.poll(() => router.state.location.searchStr).toBe("?sum=1");
  await expect.element(screen.getByRole("heading", { name: "Spend per day, cumulative" })).toBeVisible();
  await expect.element(screen.getByRole("link", { name: /^Mon, Nov 23; total \$790\.88/ })).toBeInTheDocument();
  await screen.getByRole("radio", { name: "Table" }).click();
  await expect.element(screen.getByRole("table", { name: "Spend per day" }).getByRole("row", { name: /^Mon, Nov 23 \(open\) \$790\.88/ })).toBeVisible();
});

test("a measure's change, share and order are its own, not those of cost", async () => {
  const { screen, requests } = await explore("/explore?m=tokens&by=user&sub=model");
  await expect.element(screen.getByRole("columnheader", { name: "Share of tokens" })).toBeVisible();
  const total = screen.getByRole("row", { name: /^Total/ }).first();
  // Cost rose by 34.1 % in the same days, which would be an untruth about tokens.
  await expect.poll(() => total.element().textContent).toMatch(/\+2\.6/);
  expect(total.element().textContent).not.toContain("34.1");
  expect(requests.filter((one) => one.startsWith("/stats/daily")).every((one) => one.includes("rank_by=tokens"))).toBe(true);
  await screen.getByRole("button", { name: "Split user-17" }).click();
  await expect.element(screen.getByRole("rowheader", { name: "gpt-5.4" })).toBeVisible();
});

test("a view is saved under a name, opens again exactly, and is in the command menu", async () => {
  const app = await explore("/explore?p=7d&m=tokens&by=user");
  const { screen, router } = app;
  await screen.getByRole("button", { name: "Views" }).click();
  await screen.getByLabelText("Save what is shown as").fill("Tokens by user");
  await screen.getByRole("button", { name: "Save", exact: true }).click();
  await expect.element(screen.getByRole("link", { name: "Tokens by user" })).toBeVisible();
  expect(await accessibilityFaults()).toEqual([]);
  await userEvent.keyboard("{Escape}");
  await expect.poll(() => screen.getByRole("dialog").elements()).toHaveLength(0);
  await router.navigate({ to: "/explore", search: { p: "lm", f: ["model:is:gpt-5.4"] } as never });
  await atRest(app);
  await screen.getByRole("button", { name: "Views" }).click();
  await screen.getByRole("link", { name: "Tokens by user" }).click();
  // Nothing of the page before stays: neither its period nor its filter.
  await expect.poll(() => router.state.location.search).toEqual({ p: "7d", m: "tokens", by: "user" });
  await userEvent.keyboard("{Control>}k{/Control}");
  await expect.element(screen.getByRole("searchbox", { name: /^Page, period/ })).toHaveFocus();
  await userEvent.keyboard("Tokens by");
  await expect.element(screen.getByRole("option", { name: /Tokens by user/ })).toBeVisible();
});

test("a view can be renamed, deleted, and the deletion taken back", async () => {
  setSavedViews([{ name: "First", search: "?m=tokens" }, { name: "Second", search: "" }]);
  const { screen } = await explore("/explore");
  await screen.getByRole("button", { name: "Views" }).click();
  await screen.getByRole("button", { name: "Rename First" }).click();
  await screen.getByLabelText("New name").fill("Second");
  await screen.getByRole("button", { name: "Rename", exact: true }).click();
  await expect.element(screen.getByText("Another view has this name.")).toBeVisible();
  await screen.getByLabelText("New name").fill("Primary");
  await screen.getByRole("button", { name: "Rename", exact: true }).click();
  await screen.getByRole("button", { name: "Delete Primary" }).click();
  await expect.element(screen.getByText("“Primary” is deleted.")).toBeVisible();
  await screen.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => [...document.querySelectorAll('ul[aria-label="Views"] a')].map(({ textContent }) => textContent)).toEqual(["Primary", "Second"]);
});
