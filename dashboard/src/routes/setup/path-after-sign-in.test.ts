import { expect, test } from "vitest";
import { pathAfterSignIn } from "./path-after-sign-in.ts";

test("a sign-in leads back to the page that asked for it, under /app/", () => {
  expect(pathAfterSignIn("/sessions?p=7d")).toBe("/app/sessions?p=7d");
  expect(pathAfterSignIn("/app/users/ada@example.org")).toBe("/app/users/ada@example.org");
  expect(pathAfterSignIn(undefined)).toBe("/app/overview");
});

test("a sign-in never leads to another site", () => {
  expect(pathAfterSignIn("//evil.example")).toBe("/app/overview");
  expect(pathAfterSignIn("https://evil.example/")).toBe("/app/overview");
  expect(pathAfterSignIn("/\\evil.example")).toBe("/app/overview");
});
