import { afterEach, expect, test, vi } from "vitest";
import { renderApp } from "../../testing/render-app.tsx";
import { watermark } from "../../testing/sample-ledger.ts";

let leave: (() => void) | null = null;
afterEach(() => {
  leave?.();
  vi.useRealTimers();
});

const soon = "2026-11-23T13:05:00.000Z";

test.each([["an empty ledger", null], ["a ledger that holds a sample", watermark.as_of]])("over %s the page waits, and turns green by itself when an event arrives", async (_, before) => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  let as_of: string | null = before;
  const { screen, requests, remove } = await renderApp("/connect", { "/watermark": () => ({ ...watermark, as_of }) });
  leave = remove;
  await expect.element(screen.getByText("Waiting for an event…")).toBeVisible();
  await expect.element(screen.getByTestId("connection")).toHaveAttribute("data-connected", "false");
  as_of = soon;
  // It looks every five seconds, and not before.
  const asked = requests.length;
  vi.advanceTimersByTime(4_999);
  expect(requests).toHaveLength(asked);
  vi.advanceTimersByTime(1);
  await expect.element(screen.getByText("An event has arrived")).toBeVisible();
  await expect.element(screen.getByTestId("connection")).toHaveAttribute("data-connected", "true");
});

test("a key made on the page stands in the lines, which can only then be copied", async () => {
  const { screen, remove } = await renderApp("/connect");
  leave = remove;
  const lines = () => screen.getByTestId("environment").element().textContent?.split("\n");
  await expect.poll(lines).toEqual(["LANGFUSE_PUBLIC_KEY=…", "LANGFUSE_SECRET_KEY=…", `LANGFUSE_BASE_URL=${window.location.origin}`]);
  expect(screen.getByRole("button", { name: "Copy the lines" }).elements()).toHaveLength(0);
  await screen.getByRole("button", { name: "Make a key for LibreChat" }).click();
  await expect.poll(lines).toEqual(["LANGFUSE_PUBLIC_KEY=pk-tt-9", "LANGFUSE_SECRET_KEY=sk-tt-shown-once", `LANGFUSE_BASE_URL=${window.location.origin}`]);
  await expect.element(screen.getByRole("button", { name: "Copy the lines" })).toBeVisible();
});

test("each key that sends says when it was last used and last refused, and why", async () => {
  const { screen, remove } = await renderApp("/connect");
  leave = remove;
  const uses = screen.getByRole("table", { name: "Keys that send" });
  await expect.element(uses).toBeVisible();
  const text = () => uses.element().textContent ?? "";
  await expect.poll(text).toContain("LibreChat");
  expect(text()).toContain("wrong, expired or revoked key, or its halves swapped");
  // A key that may not send, or no more, is none of them.
  expect(text()).not.toContain("Finance");
});

test("for a container the address is its host's", async () => {
  const { screen, remove } = await renderApp("/connect");
  leave = remove;
  await screen.getByRole("radio", { name: "In Docker" }).click();
  await expect.poll(() => screen.getByTestId("environment").element().textContent).toMatch(/host\.docker\.internal/);
});

test("a key that may not make keys says what is needed", async () => {
  const { screen, remove } = await renderApp("/connect", { "/auth/me": () => ({ key_id: "pk-tt-3", name: "Finance", scopes: ["read"], user_id: null, method: "cookie", expires_at: null }) });
  leave = remove;
  await expect.element(screen.getByText("Making a key needs a sign-in with scope admin.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Make a key for LibreChat" }).elements()).toHaveLength(0);
});
