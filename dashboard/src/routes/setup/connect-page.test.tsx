import { afterEach, expect, test, vi } from "vitest";
import { renderApp } from "../../testing/render-app.tsx";
import { watermark } from "../../testing/sample-ledger.ts";

let leave: (() => void) | null = null;
afterEach(() => {
  leave?.();
  vi.useRealTimers();
});

test("the page waits, and turns green by itself at the first event", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  let as_of: string | null = null;
  const { screen, requests, remove } = await renderApp("/connect", { "/watermark": () => ({ ...watermark, as_of }) });
  leave = remove;
  await expect.element(screen.getByText("Waiting for the first event…")).toBeVisible();
  await expect.element(screen.getByTestId("connection")).toHaveAttribute("data-connected", "false");
  as_of = watermark.as_of;
  // It looks every five seconds, and not before.
  const before = requests.length;
  vi.advanceTimersByTime(4_999);
  expect(requests).toHaveLength(before);
  vi.advanceTimersByTime(1);
  await expect.element(screen.getByText("Connected")).toBeVisible();
  await expect.element(screen.getByTestId("connection")).toHaveAttribute("data-connected", "true");
  await expect.element(screen.getByRole("link", { name: "To the overview" })).toBeVisible();
});

test("a key made on the page stands in the lines, with its secret shown once", async () => {
  const { screen, remove } = await renderApp("/connect");
  leave = remove;
  const lines = () => screen.getByTestId("environment").element().textContent?.split("\n");
  await expect.poll(lines).toEqual([`LANGFUSE_BASE_URL=${window.location.origin}`, expect.stringMatching(/public half/), expect.stringMatching(/secret half/)]);
  await screen.getByRole("button", { name: "Make a key for LibreChat" }).click();
  await expect.poll(lines).toEqual([`LANGFUSE_BASE_URL=${window.location.origin}`, "LANGFUSE_PUBLIC_KEY=pk-tt-9", "LANGFUSE_SECRET_KEY=sk-tt-shown-once"]);
});

test("a key that may not make keys says what is needed", async () => {
  const { screen, remove } = await renderApp("/connect", { "/auth/me": () => ({ key_id: "pk-tt-3", name: "Finance", scopes: ["read"], user_id: null, method: "cookie", expires_at: null }) });
  leave = remove;
  await expect.element(screen.getByText("Making a key needs a sign-in with scope admin.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Make a key for LibreChat" }).elements()).toHaveLength(0);
});
