// Every page's panels in every state that the server can put them in: what they show, and that axe finds
// no fault in it. The states of single panels that need an interaction have tests of their own.
import { page } from "vitest/browser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { atRest } from "../testing/at-rest.ts";
import { accessibilityFaults } from "../testing/axe.ts";
import { renderApp } from "../testing/render-app.tsx";
import { type Answer, problem, sampleAnswer } from "../testing/sample-suite.ts";

/** Each page with the endpoints that its panels ask. */
const pages: [address: string, endpoints: string[]][] = [
  ["/overview", ["/stats/daily", "/stats/system", "/stats/users"]],
  ["/overview?view=table&who=agents", ["/stats/daily", "/stats/system", "/stats/agents"]],
  ["/explore", ["/stats/daily"]],
  ["/users", ["/stats/users"]],
  ["/users/user-17", ["/stats/users/user-17", "/stats/daily", "/sessions"]],
  ["/models", ["/stats/models"]],
  ["/models/anthropic%2Fclaude-opus-5", ["/stats/system", "/stats/daily", "/stats/users", "/pricing/history", "/sessions"]],
  ["/agents", ["/stats/agents"]],
  ["/agents/researcher", ["/stats/system", "/stats/daily", "/stats/models", "/stats/users", "/sessions"]],
  ["/sessions", ["/sessions", "/stats/daily"]],
  ["/sessions/s_8f2", ["/sessions/s_8f2"]],
  ["/sessions/s_8f2/i_000", ["/interactions/i_000/cost"]],
  ["/unpriced", ["/pricing/unpriced"]],
  ["/unread", ["/accuracy/unread-fields"]],
  ["/not-taken", ["/left-out", "/admin/rejections"]],
  ["/prices", ["/stats/models"]],
  ["/prices?tab=rates", ["/pricing/rates"]],
  ["/prices/1?of=anthropic%2Fclaude-opus-5", ["/pricing/history"]],
  ["/prices?tab=quarantine", ["/pricing/quarantine"]],
  ["/prices?tab=again", ["/admin/rerate"]],
  ["/prices?tab=sources", ["/pricing/sources", "/pricing/conflicts"]],
  ["/health", ["/health", "/integrity", "/jobs", "/left-out", "/admin/rejections"]],
  ["/keys", ["/admin/keys"]],
  ["/audit", ["/admin/audit"]],
];

let leave: (() => void) | null = null;
beforeEach(() => page.viewport(1280, 900));
afterEach(() => {
  leave?.();
  delete document.documentElement.dataset.theme;
});

/** What axe finds in either theme, at a desk's width and a phone's. */
async function faultsEverywhere(): Promise<string[]> {
  const faults: string[] = [];
  for (const width of [1440, 390]) {
    await page.viewport(width, 900);
    for (const theme of ["light", "dark"]) {
      document.documentElement.dataset.theme = theme;
      faults.push(...(await accessibilityFaults()).map((fault) => `${theme}, ${width}: ${fault}`));
    }
  }
  return faults;
}

/** Renders a page whose endpoints answer as `answer` says at that moment. */
async function open(address: string, endpoints: readonly string[], answer: Answer) {
  const app = await renderApp(address, Object.fromEntries(endpoints.map((endpoint) => [endpoint, answer])));
  leave = app.remove;
  await expect.poll(() => document.querySelectorAll("h1").length).toBe(1);
  return app;
}

/** The states of the panels on the page; the freshness panel asks the watermark, which always answers here. */
function states(): string[] {
  const panels = [...document.querySelectorAll<HTMLElement>("[data-state]")].filter((panel) => panel.querySelector("h2")?.textContent !== "Freshness");
  return [...new Set(panels.map((panel) => panel.dataset.state ?? ""))];
}

const refusals: [state: string, answer: Answer, says: RegExp][] = [
  ["loading", () => new Promise(() => undefined), /Loading/],
  ["error", () => problem(400, "The range is reversed."), /This could not be loaded.*The range is reversed\..*Request req-1/],
  ["forbidden", () => problem(403, "The key's scopes do not allow it."), /This key may not see that/],
  ["offline", () => Promise.reject(new TypeError("Failed to fetch")), /The server cannot be reached/],
];

describe.each(pages)("%s", (address, endpoints) => {
  test.each(refusals)("every panel is %s when its question is", async (state, answer, says) => {
    await open(address, endpoints, answer);
    await expect.poll(states).toEqual([state]);
    expect(document.body.textContent).toMatch(says);
    expect(await faultsEverywhere()).toEqual([]);
  });

  test("every panel keeps its content while refreshing, and with its time when that fails", async () => {
    let now: Answer = sampleAnswer;
    const app = await open(address, endpoints, (url, request) => now(url, request));
    const { queryClient } = app;
    await expect.poll(states).toEqual(["ready"]);
    await atRest(app);
    now = () => new Promise(() => undefined);
    void queryClient.invalidateQueries();
    await expect.poll(() => document.querySelectorAll('[data-state="ready"][data-refreshing]').length).toBeGreaterThan(0);
    expect(states()).toEqual(["ready"]);
    await queryClient.cancelQueries();
    now = () => problem(400, "No answer.");
    await queryClient.invalidateQueries();
    await expect.poll(() => document.body.textContent).toMatch(/Showing data loaded at \d\d:\d\d:\d\d\. No answer\./);
    expect(states()).toEqual(["ready"]);
    expect(await faultsEverywhere()).toEqual([]);
  });
});

type Body = { total?: { interaction_count?: number } | number | null; items?: unknown[] };

/** The same answer with nothing in it. */
const emptied = (more: object): Answer => (url, request) => {
  const body = sampleAnswer(url, request) as Body;
  return { ...body, ...(typeof body.total === "object" && body.total !== null ? { total: { ...body.total, interaction_count: 0 } } : {}), ...(body.items === undefined ? {} : { items: [], total_count: 0 }), ...more };
};

describe.each(pages.filter(([address]) => /^\/(overview|explore|users|models|agents|sessions)(\?|$)/.test(address)))("%s", (address, endpoints) => {
  test("leads an empty ledger to the connection", async () => {
    await open(address, endpoints, emptied({ as_of: null, ledger_empty: true }));
    await expect.poll(() => document.body.textContent).toMatch(/Nothing has arrived yet/);
    expect(document.querySelectorAll('[data-state="filtered"]')).toHaveLength(0);
    expect(await faultsEverywhere()).toEqual([]);
  });

  test("says that nothing happened on these days where no filter is set", async () => {
    await open(address, endpoints, emptied({ ledger_empty: false }));
    await expect.poll(() => document.querySelector('[data-state="quiet"]')?.textContent).toMatch(/Nothing on these days.*Go to the last day with data/);
    expect(document.querySelectorAll('[data-state="filtered"], [data-state="never"]')).toHaveLength(0);
    expect(await faultsEverywhere()).toEqual([]);
  });

  test("offers to clear the filters where they leave nothing", async () => {
    await open(`${address}${address.includes("?") ? "&" : "?"}f=model:is:nobody`, endpoints, emptied({ ledger_empty: false }));
    await expect.poll(() => document.querySelector('[data-state="filtered"]')?.textContent).toMatch(/Nothing in this period with these filters.*Clear filters/);
    expect(document.querySelectorAll('[data-state="never"]')).toHaveLength(0);
    expect(await faultsEverywhere()).toEqual([]);
  });
});
