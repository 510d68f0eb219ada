import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { watermarkQuery } from "../api/queries/ledger.ts";
import { atRest, painted } from "../testing/at-rest.ts";
import { renderApp } from "../testing/render-app.tsx";
import { watermark } from "../testing/sample-ledger.ts";
import { StackedBars } from "../charts/stacked-bars.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/panel.tsx";
import { Freshness } from "./freshness.tsx";
import { PageHeader } from "./page-header.tsx";
import { setPreference } from "./preference.ts";
import { Shell } from "./shell.tsx";
import { Sidebar } from "./sidebar.tsx";

// Watched, not replaced: each renders as ever and counts how often.
vi.mock(import("../charts/stacked-bars.tsx"), { spy: true });
vi.mock(import("../ui/data-table.tsx"), { spy: true });
vi.mock(import("../ui/panel.tsx"), { spy: true });
vi.mock(import("./freshness.tsx"), { spy: true });
vi.mock(import("./page-header.tsx"), { spy: true });
vi.mock(import("./shell.tsx"), { spy: true });
vi.mock(import("./sidebar.tsx"), { spy: true });

let leave: (() => void) | null = null;
beforeEach(() => {
  vi.clearAllMocks();
  // No poll and no tick of a clock but the test's own.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  leave?.();
  vi.useRealTimers();
  setPreference("live", "on");
  setPreference("shortcuts", "on");
  document.getSelection()?.removeAllRanges();
});

async function overview() {
  let version = watermark.ledger_version;
  const app = await renderApp("/overview", { "/watermark": () => ({ ...watermark, ledger_version: version }) });
  leave = app.remove;
  await expect.element(app.screen.getByRole("link", { name: "user-17" })).toBeVisible();
  await atRest(app);
  const poll = () => app.queryClient.refetchQueries({ queryKey: watermarkQuery.queryKey });
  return { ...app, poll, move: () => void (version += 1) };
}

test("a poll without news changes nothing but the freshness stamp", async () => {
  const app = await overview();
  const { poll, requests } = app;
  const before = requests.length;
  const changed: Node[] = [];
  const observer = new MutationObserver((records) => changed.push(...records.map(({ target }) => target)));
  observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  const stamps = vi.mocked(Freshness).mock.calls.length;
  await poll();
  await expect.poll(() => vi.mocked(Freshness).mock.calls.length).toBeGreaterThan(stamps);
  await atRest(app);
  observer.disconnect();
  expect(requests.slice(before)).toEqual(["/watermark"]);
  const elsewhere = changed.map((node) => (node instanceof Element ? node : node.parentElement)).filter((element) => element?.closest('[data-testid="freshness"]') === null);
  expect(elsewhere).toEqual([]);
});

test("a poll without news renders the freshness stamp and no other part of the page", async () => {
  const app = await overview();
  const parts = { StackedBars, DataTable, Panel, PageHeader, Shell, Sidebar };
  const renders = () => Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, vi.mocked(part as () => unknown).mock.calls.length]));
  const [before, stamps] = [renders(), vi.mocked(Freshness).mock.calls.length];
  expect(Math.min(...Object.values(before))).toBeGreaterThan(0);
  await app.poll();
  await expect.poll(() => vi.mocked(Freshness).mock.calls.length).toBeGreaterThan(stamps);
  await atRest(app);
  expect(renders()).toEqual(before);
});

test("a poll with news asks again for what is on the screen", async () => {
  const { poll, move, requests } = await overview();
  const before = requests.length;
  move();
  await poll();
  await expect.poll(() => requests.slice(before).map((one) => one.split("?")[0]).toSorted()).toEqual(["/stats/daily", "/stats/system", "/stats/users", "/watermark"]);
});

test("news waits while the reader has selected text", async () => {
  const { poll, move, requests } = await overview();
  const heading = document.querySelector("h1");
  if (heading === null) throw new Error("no heading");
  document.getSelection()?.selectAllChildren(heading);
  const before = requests.length;
  move();
  await poll();
  expect(requests.slice(before)).toEqual(["/watermark"]);
  document.getSelection()?.removeAllRanges();
  await poll();
  await expect.poll(() => requests.slice(before).length).toBe(5);
});

test("live updates can be paused and the button says so", async () => {
  const { screen } = await overview();
  await screen.getByRole("button", { name: "Pause live updates" }).click();
  await expect.element(screen.getByRole("button", { name: "Resume live updates" })).toHaveTextContent("Paused");
});

test("single keys work, and can be switched off", async () => {
  const { screen, router } = await overview();
  await userEvent.keyboard("7");
  await expect.poll(() => router.state.location.search).toEqual({ p: "7d" });
  await userEvent.keyboard("gs");
  await expect.poll(() => router.state.location.pathname).toBe("/sessions");
  await userEvent.keyboard("?");
  await screen.getByRole("button", { name: "Switch single keys off" }).click();
  await userEvent.keyboard("{Escape}");
  await expect.poll(() => screen.getByRole("dialog").elements()).toHaveLength(0);
  await userEvent.keyboard("gu");
  // The menu's keys are not single ones: once they have worked, the two before them were heard.
  await userEvent.keyboard("{Control>}k{/Control}");
  await expect.element(screen.getByRole("dialog")).toBeVisible();
  await painted();
  expect(router.state.location.pathname).toBe("/sessions");
});

test("the command menu goes to what is typed", async () => {
  const { screen, router } = await overview();
  await userEvent.keyboard("{Control>}k{/Control}");
  await expect.element(screen.getByRole("searchbox", { name: /^Page, period/ })).toHaveFocus();
  await userEvent.keyboard("not cou");
  await expect.element(screen.getByRole("option", { name: /Not counted/ })).toBeVisible();
  await userEvent.keyboard("{Enter}");
  await expect.poll(() => router.state.location.pathname).toBe("/unpriced");
});
