import { afterEach, expect, test } from "vitest";
import { accessibilityFaults } from "../../testing/axe.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { reportedCosts, rerateAnswer } from "../../testing/sample-book.ts";
import { problem } from "../../testing/sample-suite.ts";

let leave: (() => void) | null = null;
afterEach(() => leave?.());

async function page(over: Parameters<typeof renderApp>[1] = {}) {
  const app = await renderApp("/prices?tab=said", over);
  leave = app.remove;
  return app;
}

test("a difference of more than a hundredth is a row with a way to one of its interactions; what agrees is counted", async () => {
  const { screen } = await page();
  const table = screen.getByRole("table", { name: "Where the provider says otherwise" });
  await expect.element(table.getByText("moonshotai/kimi-k3")).toBeVisible();
  expect(table.element().querySelectorAll("tbody tr")).toHaveLength(1);
  await expect.element(table.getByText(/^\+\$0\.12/)).toBeVisible();
  await expect.element(table.getByRole("link", { name: "one of them" })).toHaveAttribute("href", expect.stringContaining("/app/interactions/i_003"));
  await expect.element(screen.getByText(/On 1 other day of a model the two agree/)).toBeVisible();
});

test.each([
  ["nobody says what it cost", [], /No response of the last 90 days told what it cost/],
  ["all agree", reportedCosts.items.slice(1), "Wherever a provider says what it billed, the estimates agree."],
])("where %s, that is said", async (_, items, text) => {
  const { screen } = await page({ "/accuracy/reported-costs": () => ({ ...reportedCosts, items, finding_count: 0 }) });
  await expect.element(screen.getByText(text)).toBeVisible();
});

test("a provider's word is let count from a day on, and what is recorded is offered", async () => {
  const bodies: unknown[] = [];
  const keep = async (request: Request) => void bodies.push(await request.json());
  const { screen } = await page({
    "/admin/reported-costs": async (_url, request) => {
      if (request.method === "PUT") await keep(request);
      return { items: [{ provider: "litellm", counts: "any", valid_from: null }] };
    },
    "/admin/rerate": async (_url, request) => {
      await keep(request);
      return rerateAnswer(true);
    },
  });
  await screen.getByLabelText("Provider", { exact: true }).fill("litellm");
  await screen.getByLabelText("What counts").selectOptions("any");
  await screen.getByLabelText("From, or empty for always").fill("2026-11-10");
  await screen.getByRole("button", { name: "Save" }).click();
  await screen.getByRole("button", { name: "See what it changes of litellm" }).click();
  await expect.element(screen.getByText(/9 interactions of 14 would change/)).toBeVisible();
  expect(bodies).toEqual([
    { provider: "litellm", counts: "any", valid_from: "2026-11-09T23:00:00.000Z" },
    { start_date: "2026-11-10", end_date: "2026-11-23", provider: "litellm", reason: "reported costs of litellm: any", dry_run: true },
  ]);
  expect(await accessibilityFaults()).toEqual([]);
});

test("a refused setting says that nothing was changed", async () => {
  const { screen } = await page({ "/admin/reported-costs": (_url, request) => (request.method === "PUT" ? problem(422, "`provider` is too long.") : { items: [] }) });
  await screen.getByLabelText("Provider", { exact: true }).fill("x");
  await screen.getByRole("button", { name: "Save" }).click();
  await expect.element(screen.getByText("Nothing was changed. `provider` is too long.")).toBeVisible();
});
