import { Component, type ReactNode } from "react";
import { render } from "vitest-browser-react";
import { afterEach, expect, test, vi } from "vitest";
import { UnreachableError } from "../api/api-error.ts";
import { lazyPage } from "./lazy-page.tsx";

afterEach(() => vi.restoreAllMocks());

/** Shows what a page throws, and tries again when asked to. */
class Fallback extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null };
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <button type="button" onClick={() => this.setState({ error: null })}>
        {error instanceof UnreachableError ? "unreachable" : error.message}
      </button>
    );
  }
}

test("a page whose code cannot be had says that the server is away, and comes when it is back", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("Failed to fetch"));
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  let isAway = true;
  const Page = lazyPage(async () => {
    if (isAway) throw new TypeError("Failed to fetch dynamically imported module");
    return { Here: () => <p>the page</p> };
  }, "Here");
  const screen = await render(
    <Fallback>
      <Page />
    </Fallback>,
  );
  await expect.element(screen.getByText("unreachable")).toBeVisible();
  isAway = false;
  await new Promise((resolve) => setTimeout(resolve, 600));
  await screen.getByText("unreachable").click();
  await expect.element(screen.getByText("the page")).toBeVisible();
});

test("a page's code is loaded once, also where it was fetched ahead", async () => {
  let loads = 0;
  const Page = lazyPage(async () => {
    loads += 1;
    return { Here: () => <p>the page</p> };
  }, "Here");
  await Page.preload();
  const screen = await render(<Page />);
  await expect.element(screen.getByText("the page")).toBeVisible();
  expect(loads).toBe(1);
});
