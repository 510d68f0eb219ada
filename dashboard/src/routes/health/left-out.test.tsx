import { afterEach, expect, test } from "vitest";
import { renderApp } from "../../testing/render-app.tsx";
import { leftOut } from "../../testing/sample-book.ts";

let leave: (() => void) | null = null;
afterEach(() => leave?.());

test.each(["/health", "/not-taken"])("%s names what was not taken, with what may hide money first", async (address) => {
  const { screen, remove } = await renderApp(address);
  leave = remove;
  const table = screen.getByRole("table", { name: "What was not taken, by reason" });
  await expect.element(table.getByText("Looks like a call of a model, and is not understood")).toBeVisible();
  await expect.element(table.getByText("Refused: startTime")).toBeVisible();
  expect(table.element().querySelector("tbody tr")?.textContent).toMatch(/^look/);
});

test("where everything was taken, it says so", async () => {
  const { screen, remove } = await renderApp("/health", { "/left-out": () => ({ ...leftOut, items: [] }) });
  leave = remove;
  await expect.element(screen.getByText("Nothing in the last thirty days: all that traces held was taken.")).toBeVisible();
});
