import { expect, test } from "vitest";
import { addressFrom, environmentLines } from "./connection.ts";

test("LibreChat needs exactly three lines, in the order of the guide", () => {
  expect(environmentLines("https://tokentill.example.org", { id: "pk-tt-1", secret: "sk-tt-1" }).split("\n")).toEqual([
    "LANGFUSE_PUBLIC_KEY=pk-tt-1", "LANGFUSE_SECRET_KEY=sk-tt-1", "LANGFUSE_BASE_URL=https://tokentill.example.org",
  ]);
  expect(environmentLines("https://tokentill.example.org", null)).not.toMatch(/<|>/);
});

test("a container reaches its host by another name than the loopback address", () => {
  expect(addressFrom("docker", "http://127.0.0.1:8787")).toBe("http://host.docker.internal:8787");
  expect(addressFrom("docker", "http://localhost:8787")).toBe("http://host.docker.internal:8787");
  expect(addressFrom("docker", "https://tokentill.example.org")).toBe("https://tokentill.example.org");
  expect([addressFrom("same", "http://127.0.0.1:8787"), addressFrom("elsewhere", "http://127.0.0.1:8787")]).toEqual(["http://127.0.0.1:8787", "http://127.0.0.1:8787"]);
});
