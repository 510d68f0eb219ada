import { userEvent } from "vitest/browser";
import { afterEach, describe, expect, test, vi } from "vitest";
import { atRest } from "../../testing/at-rest.ts";
import { accessibilityFaults } from "../../testing/axe.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { daily, groupList, system, watermark } from "../../testing/sample-ledger.ts";
import { type Answer, problem } from "../../testing/sample-suite.ts";

let leave: (() => void) | null = null;
afterEach(() => {
  leave?.();
  vi.useRealTimers();
  delete document.documentElement.dataset.theme;
});

async function overview(address = "/overview", over: Record<string, Answer> = {}, zone: string | null = null) {
  const app = await renderApp(address, over, zone);
  leave = app.remove;
  return app;
}

/** An answer that never comes. */
const never = () => new Promise(() => undefined);
const empty = { interaction_count: 0 };
const nothingHere: Record<string, Answer> = {
  "/stats/daily": ({ searchParams }) => ({ ...daily(searchParams), total: { ...daily(searchParams).total, ...empty } }),
  "/stats/users": ({ searchParams }) => ({ ...groupList("users", searchParams), items: [] }),
};

describe("the overview", () => {
  test("shows the total, the chart, who drives it and what changed", async () => {
    const { screen } = await overview();
    await expect.element(screen.getByTestId("total-cost")).toHaveTextContent("$790.88");
    await expect.element(screen.getByRole("heading", { name: /What changed: \+\$193\.78/ })).toBeVisible();
    await expect.element(screen.getByRole("link", { name: "user-17" })).toBeVisible();
    await expect.element(screen.getByText(/Spend per day, Nov 1–23: \$790\.88/)).toBeVisible();
  });

  test("asks four questions, the watermark first and the others together", async () => {
    const app = await overview();
    await expect.element(app.screen.getByTestId("total-cost")).toBeVisible();
    await expect.element(app.screen.getByRole("link", { name: "user-17" })).toBeVisible();
    await atRest(app);
    const [first, ...others] = app.requests.map((one) => one.split("?")[0]);
    expect(first).toBe("/watermark");
    expect(others.toSorted()).toEqual(["/stats/daily", "/stats/system", "/stats/users"]);
  });

  test("asks all four at once where the browser knows the reporting zone from before", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-23T14:02:11Z") });
    let answer: (value: unknown) => void = () => undefined;
    const held = new Promise((resolve) => (answer = resolve));
    const app = await overview("/overview", { "/watermark": () => held }, "Europe/Berlin");
    const { screen, requests } = app;
    await expect.poll(() => requests.map((one) => one.split("?")[0]).toSorted()).toEqual(["/stats/daily", "/stats/system", "/stats/users", "/watermark"]);
    answer(watermark);
    await expect.element(screen.getByTestId("total-cost")).toBeVisible();
    await atRest(app);
    expect(requests).toHaveLength(4);
  });

  test("asks again where the day it expected is not the server's", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-24T00:30:00Z") });
    const { screen, requests } = await overview("/overview", {}, "Europe/Berlin");
    await expect.element(screen.getByTestId("total-cost")).toHaveTextContent("$790.88");
    expect(requests.filter((one) => one.startsWith("/stats/daily")).map((one) => new URLSearchParams(one.split("?")[1]).get("end_date"))).toEqual(["2026-11-24", "2026-11-23"]);
  });

  test("keeps its place while loading, without a number", async () => {
    const { screen } = await overview("/overview", { "/stats/daily": never });
    await expect.element(screen.getByText("Loading").first()).toBeInTheDocument();
    expect(document.querySelectorAll('[data-testid="total-cost"]')).toHaveLength(0);
  });

  test("leads an empty ledger to the connection", async () => {
    const { screen } = await overview("/overview", { ...nothingHere, "/stats/system": ({ searchParams }) => ({ ...system(searchParams), ledger_empty: true }) });
    await expect.element(screen.getByText("Nothing has arrived yet").first()).toBeVisible();
    await expect.element(screen.getByRole("link", { name: "Connect LibreChat" }).first()).toBeVisible();
  });

  test("offers to clear filters that leave nothing", async () => {
    const { screen, router } = await overview("/overview?f=user:is:nobody", nothingHere);
    await screen.getByRole("link", { name: "Clear filters" }).first().click();
    await expect.poll(() => router.state.location.search).toEqual({});
  });

  test("says that nothing happened on these days where no filter hides it, and leads to the last day that has something", async () => {
    const { screen, router } = await overview("/overview?from=2026-12-05&to=2026-12-08", nothingHere);
    await expect.element(screen.getByText("Nothing on these days").first()).toBeVisible();
    expect(screen.getByRole("link", { name: "Clear filters" }).elements()).toHaveLength(0);
    expect(screen.container.textContent).not.toContain("$0.00");
    await screen.getByRole("link", { name: "Go to the last day with data" }).first().click();
    await expect.poll(() => router.state.location.search).toMatchObject({ from: "2026-11-23", to: "2026-11-23" });
  });

  test("marks the numbers of the period before as such until the new ones are there", async () => {
    let isSlow = false;
    const { screen } = await overview("/overview", { "/stats/daily": ({ searchParams }) => (isSlow ? never() : daily(searchParams)) });
    await expect.element(screen.getByTestId("total-cost")).toHaveTextContent("$790.88");
    expect(document.querySelectorAll("[data-old]")).toHaveLength(0);
    isSlow = true;
    await userEvent.keyboard("7");
    await expect.poll(() => document.querySelector('[data-old][aria-busy="true"] [data-testid="total-cost"]')).not.toBeNull();
  });

  test("explains a step of the change by the models behind it", async () => {
    const { screen } = await overview();
    await screen.getByRole("button", { name: "More use" }).click();
    await expect.element(screen.getByRole("list", { name: "Behind: More use" }).getByRole("link", { name: "claude-opus-5" })).toBeVisible();
    expect(await accessibilityFaults()).toEqual([]);
  });

  test("says what went wrong, with the request's id and a way to try again", async () => {
    let isDown = true;
    const { screen } = await overview("/overview", { "/stats/daily": ({ searchParams }) => (isDown ? problem(400, "The range is reversed.") : daily(searchParams)) });
    await expect.element(screen.getByText(/The range is reversed\./).first()).toBeVisible();
    await expect.element(screen.getByText(/Request req-1/).first()).toBeVisible();
    isDown = false;
    await screen.getByRole("button", { name: "Try again" }).first().click();
    await expect.element(screen.getByTestId("total-cost")).toHaveTextContent("$790.88");
  });

  test("keeps the old numbers with their time when a refresh fails", async () => {
    let isDown = false;
    const { screen, queryClient } = await overview("/overview", { "/stats/daily": ({ searchParams }) => (isDown ? problem(400, "No answer.") : daily(searchParams)) });
    await expect.element(screen.getByTestId("total-cost")).toHaveTextContent("$790.88");
    isDown = true;
    await queryClient.invalidateQueries({ queryKey: ["stats", "daily"] });
    await expect.element(screen.getByText(/Showing data loaded at/).first()).toBeVisible();
    await expect.element(screen.getByTestId("total-cost")).toHaveTextContent("$790.88");
  });

  test("keeps the old numbers in place while refreshing", async () => {
    let isSlow = false;
    const { screen, queryClient } = await overview("/overview", { "/stats/daily": ({ searchParams }) => (isSlow ? never() : daily(searchParams)) });
    await expect.element(screen.getByTestId("total-cost")).toBeVisible();
    isSlow = true;
    void queryClient.invalidateQueries({ queryKey: ["stats", "daily"] });
    await expect.poll(() => document.querySelector("[data-refreshing]")).not.toBeNull();
    await expect.element(screen.getByTestId("total-cost")).toHaveTextContent("$790.88");
  });

  test("says that a key may not see it", async () => {
    const { screen } = await overview("/overview", { "/stats/daily": () => problem(403, "The key's scopes do not allow it.") });
    await expect.element(screen.getByText("This key may not see that").first()).toBeVisible();
  });

  test("says that the server cannot be reached", async () => {
    const { screen } = await overview("/overview", { "/stats/users": () => Promise.reject(new TypeError("Failed to fetch")) });
    await expect.element(screen.getByText("The server cannot be reached").first()).toBeVisible();
  });

  test("names what has no price, and draws the open day apart", async () => {
    const { screen } = await overview();
    await expect.poll(() => document.querySelector('[data-testid="unpriced-banner"]')?.textContent).toMatch(/312 interactions are not in these totals/);
    await expect.element(screen.getByRole("link", { name: /Mon, Nov 23.*still open/ })).toBeInTheDocument();
    await expect.element(screen.getByRole("link", { name: /Thu, Nov 5.*52.K tokens without a price, not in the total/ })).toBeInTheDocument();
  });

  test("prints a reason instead of a percentage where nothing is comparable", async () => {
    const incomparable: Answer = ({ searchParams }) => {
      const stats = daily(searchParams);
      return { ...stats, comparison: stats.comparison === null ? null : { ...stats.comparison, comparable: false, reason: "no_data_before" } };
    };
    const { screen } = await overview("/overview", { "/stats/daily": incomparable });
    await expect.element(screen.getByText("There is no data in the compared period.").first()).toBeVisible();
    expect(screen.container.textContent).not.toContain("+34.1");
  });

  test("leads an unknown caller to the sign-in", async () => {
    const { screen } = await overview("/overview", { "/watermark": () => problem(401, "Send a key.") });
    await expect.element(screen.getByLabelText("Key")).toBeVisible();
  });

  test.each(["light", "dark"] as const)("has no fault that axe finds in %s", async (theme) => {
    document.documentElement.dataset.theme = theme;
    const { screen } = await overview();
    await expect.element(screen.getByRole("link", { name: "user-17" })).toBeVisible();
    expect(await accessibilityFaults()).toEqual([]);
  });
});

describe("the chart", () => {
  test("is one tab stop that arrows walk and Enter opens", async () => {
    const { screen, router } = await overview();
    const last = screen.getByRole("link", { name: /^Mon, Nov 23/ });
    await expect.element(last).toBeInTheDocument();
    (last.element() as HTMLElement).focus();
    const press = async (key: string) => {
      const { userEvent } = await import("vitest/browser");
      await userEvent.keyboard(`{${key}}`);
    };
    const focused = () => document.activeElement?.getAttribute("aria-label");
    await press("ArrowLeft");
    await expect.poll(focused).toMatch(/^Sun, Nov 22/);
    await press("Home");
    await expect.poll(focused).toMatch(/^Sun, Nov 1;/);
    expect(document.querySelectorAll('ol[aria-label^="Spend per day"] a[tabindex="0"]')).toHaveLength(1);
    await press("ArrowDown");
    await expect.element(screen.getByText(/^total \$/)).toBeInTheDocument();
    await press("Enter");
    await expect.poll(() => router.state.location.search).toMatchObject({ from: "2026-11-01", to: "2026-11-01" });
  });

  test("is also a table with the API's sums", async () => {
    const { screen } = await overview("/overview?view=table");
    const table = screen.getByRole("table", { name: "Spend per day" });
    await expect.element(table).toBeVisible();
    await expect.element(table.getByRole("row", { name: /^Total \$790\.88/ })).toBeVisible();
  });
});
