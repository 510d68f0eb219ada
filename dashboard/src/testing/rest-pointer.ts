// The pointer stays where the last click left it, on whatever the next test draws there: a bar opens
// its tip, a link asks for its page's numbers. Each test begins with the pointer in the empty corner.
import { beforeEach } from "vitest";
import { commands } from "vitest/browser";

declare module "vitest/browser" {
  interface BrowserCommands {
    restPointer: () => Promise<void>;
  }
}

beforeEach(() => commands.restPointer());
