import { afterEach, expect, test } from "vitest";
import { remember } from "../api/browser-memory.ts";
import { renderApp } from "../testing/render-app.tsx";

const ownKey = { "/auth/me": () => ({ key_id: "tk_own", name: "ada", scopes: ["self"], user_id: "ada", method: "cookie", expires_at: null }) };
let leave: (() => void) | null = null;
afterEach(() => {
  leave?.();
  localStorage.clear();
});

test.each(["/users", "/unpriced", "/prices", "/health"])("%s, about everybody, shows a person's own key no numbers under its heading", async (address) => {
  remember("scopes", "self");
  const { screen, remove } = await renderApp(address, ownKey);
  leave = remove;
  await expect.element(screen.getByText("This key may not see that")).toBeVisible();
  expect(document.querySelectorAll("h1")).toHaveLength(1);
  expect(document.querySelectorAll("table")).toHaveLength(0);
});

test("a page of one's own is shown to it", async () => {
  remember("scopes", "self");
  const { screen, remove } = await renderApp("/models", ownKey);
  leave = remove;
  await expect.element(screen.getByRole("table").first()).toBeVisible();
});
