import { expect, test } from "vitest";
import { environmentLines } from "./connection.ts";

test("three lines connect LibreChat, with this installation's address and key", () => {
  expect(environmentLines("https://till.example", { id: "pk-tt-1", secret: "sk-tt-2" })).toBe("LANGFUSE_BASE_URL=https://till.example\nLANGFUSE_PUBLIC_KEY=pk-tt-1\nLANGFUSE_SECRET_KEY=sk-tt-2");
});

test("without a key the lines say what belongs there", () => {
  expect(environmentLines("http://127.0.0.1:8787", null)).toContain("LANGFUSE_PUBLIC_KEY=<public half");
});
