import { page } from "vitest/browser";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasHidden } from "../prepare/visible-name.ts";
import { atRest } from "../testing/at-rest.ts";
import { hostileAnswers } from "../testing/hostile-suite.ts";
import { pages } from "../testing/pages.ts";
import { renderApp } from "../testing/render-app.tsx";
import { sampleAnswer } from "../testing/sample-suite.ts";

let leave: (() => void) | null = null;
beforeEach(() => page.viewport(1440, 900));
afterEach(() => leave?.());

/** What a form sends back or an address leads to stays byte by byte as it was; React Aria addresses rows by their keys. */
const exact = new Set(["href", "value", "data-key"]);

/** Where the page, its title or its style's neighbours hold a character that nobody sees. */
function hiddenPlaces(): string[] {
  const places: string[] = hasHidden(document.title) ? [`title: ${document.title}`] : [];
  for (const element of document.body.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) if (!exact.has(name) && hasHidden(value)) places.push(`${element.tagName} ${name}: ${JSON.stringify(value)}`);
    for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE && hasHidden(child.textContent ?? "")) places.push(`${element.tagName}: ${JSON.stringify(child.textContent)}`);
  }
  return places;
}

test.each(pages)("%s shows no hidden character of a name as such", async (address) => {
  const app = await renderApp(address, hostileAnswers());
  leave = app.remove;
  await atRest(app);
  expect(document.querySelectorAll('[data-state="error"], [data-state="offline"]')).toHaveLength(0);
  expect(hiddenPlaces()).toEqual([]);
});

test("hidden characters of a name are written out in the list, in its tooltip and in the tab", async () => {
  const { screen, router, remove } = await renderApp("/users", hostileAnswers());
  leave = remove;
  await expect.element(screen.getByRole("link", { name: /user-17‹U\+202E›‹U\+200B›/ }).first()).toBeInTheDocument();
  expect(document.querySelector('[title^="user-17‹U+202E›"]')).not.toBeNull();
  await router.navigate({ to: "/agents/$agentId", params: { agentId: "co\u202Eder" } });
  await expect.poll(() => document.title).toContain("co‹U+202E›der");
});

test("a model that mixes scripts in a word is marked, and another is not", async () => {
  const models = async (url: URL, request: Request) => JSON.parse(JSON.stringify(await sampleAnswer(url, request)).replaceAll("gpt-5.4", "gрt-5.4"));
  const { screen, remove } = await renderApp("/models", { "/stats/models": models });
  leave = remove;
  await expect.element(screen.getByRole("row", { name: /gрt-5\.4/ }).getByText("mixed scripts")).toBeVisible();
  expect(screen.getByText("mixed scripts").all()).toHaveLength(1);
});
