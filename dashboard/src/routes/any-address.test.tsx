// Whatever an address says, however old or mistyped: a page that makes sense, with a way on.
import { page } from "vitest/browser";
import { afterEach, beforeEach, expect, test } from "vitest";
import { atRest } from "../testing/at-rest.ts";
import { renderApp } from "../testing/render-app.tsx";
import { problem, sampleAnswer } from "../testing/sample-suite.ts";

/** An address, and what its page shows all the same. */
const addresses: [address: string, shows: RegExp][] = [
  ["/overview?p=bogus", /Spend, Nov 1–23/],
  ["/overview?p=mtd&p=7d", /Spend, Nov 1–23/],
  ["/overview?by=bogus&m=bogus&g=century&view=hologram&who=nobody", /Spend per day/],
  ["/overview?from=2026-11-18&to=2026-11-01", /Spend, Nov 1–18/],
  ["/overview?from=2026-02-30&to=2026-03-01", /Spend, Nov 1–23/],
  ["/overview?from=2026-11-01", /Spend, Nov 1–23/],
  ["/overview?f=colour:is:red&f=&f=model", /Spend, Nov 1–23/],
  ["/overview?cmp=lastdecade&tenant=", /Spend, Nov 1–23/],
  ["/overview?skip=-5&rows=7&utm_source=mail", /Spend, Nov 1–23/],
  ["/overview?%E0%A4%A", /Spend, Nov 1–23/],
  ["/explore?by=bogus&m=bogus&sub=bogus", /of 8 shown/],
  ["/explore?m=tokens&by=component", /Spend per day/],
  ["/explore?g=hour&p=lm", /of 8 shown/],
  ["/users?skip=-5", /1–8 of 8 users/],
  ["/users?skip=1.5&sort=colour&order=up", /1–8 of 8 users/],
  ["/models?skip=5000", /of 8 models/],
  ["/models/just-a-name", /Tokens by type/],
  ["/models/%2F", /Not a model/],
  ["/agents/~", /No agent/],
  ["/sessions?status=lost&min=1e3&unpriced=yes&ssort=mood", /1–32 of 32 sessions/],
  ["/sessions/s_8f2?skip=99999", /24 interactions/],
  ["/prices?tab=bogus", /used in 90 days/],
  ["/prices?tab=rates&skip=999999", /prices in force/],
  ["/prices/12?of=nonsense", /Price #12/],
  ["/prices/not-a-number", /does not say which model/],
  ["/unpriced?q=%00", /without a price/],
  ["/no/such/page", /There is no such page/],
];

let leave: (() => void) | null = null;
beforeEach(() => page.viewport(1280, 900));
afterEach(() => leave?.());

test.each(addresses)("%s opens a page that makes sense", async (address, shows) => {
  const app = await renderApp(address);
  leave = app.remove;
  await expect.element(app.screen.getByText(shows).first()).toBeInTheDocument();
  await atRest(app);
  expect(document.querySelectorAll("h1")).toHaveLength(1);
  expect(document.querySelectorAll('[data-state="error"], [data-state="offline"]')).toHaveLength(0);
  // No question is asked in words that the API does not know.
  expect(app.requests.filter((one) => /bogus|undefined|NaN|null/.test(one.replace(/tag=|of=/, "")))).toEqual([]);
});

test("a page that cannot be drawn at all leads to the overview", async () => {
  const app = await renderApp("/users", { "/stats/users": () => ({ ...(sampleAnswer(new URL("http://x/stats/users"), new Request("http://x/")) as object), items: [{ group: null }] }) });
  leave = app.remove;
  await expect.element(app.screen.getByText("This could not be loaded")).toBeVisible();
  await expect.element(app.screen.getByRole("link", { name: "To the overview" }).first()).toBeVisible();
});

test("what is not found leads on", async () => {
  const app = await renderApp("/sessions/nope", { "/sessions/nope": () => problem(404, "There is no session nope.") });
  leave = app.remove;
  await expect.element(app.screen.getByText("There is no session nope.").first()).toBeVisible();
  await expect.element(app.screen.getByRole("link", { name: "To the overview" }).first()).toBeVisible();
});
