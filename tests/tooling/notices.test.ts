// What ships says under which licences its parts come.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cratesOfWorkers, noticesText, packagesOfDashboard } from "../../scripts/notices.ts";

test("the notices name every package that runs in the dashboard, with the text of its licence", () => {
  const packages = packagesOfDashboard();
  for (const name of ["react", "react-dom", "@tanstack/react-router", "react-aria-components", "@visx/shape", "d3-shape", "redoc"]) {
    const found = packages.find((one) => one.name === name);
    assert.ok(found !== undefined && found.text.length > 100, name);
  }
  assert.ok(!packages.some(({ name }) => ["vite", "vitest", "typescript"].includes(name)), "no tool of the build");
});

test("the notices name every crate in the Workers, with the text of its licence", () => {
  const crates = cratesOfWorkers();
  for (const name of ["worker", "serde_json", "chrono", "sha2", "memchr"]) {
    const found = crates.find((one) => one.name === name);
    assert.ok(found !== undefined && found.text.length > 100, name);
  }
  assert.ok(!crates.some(({ name }) => ["rusqlite", "proptest", "criterion"].includes(name)), "nothing of the tests");
});

test("a licence that many come under stands once, below all their names", () => {
  const mit = { licence: "MIT", text: "Permission is hereby granted" };
  const text = noticesText([{ title: "Parts", notices: [{ name: "a", version: "1", ...mit }, { name: "b", version: "2", ...mit }, { name: "c", version: "3", licence: "ISC", text: "" }] }]);
  assert.match(text, /## a 1 \(MIT\), b 2 \(MIT\)\n\nPermission/);
  assert.equal(text.split("Permission is hereby granted,").length, 2, "its own");
  assert.match(text, /c ships no text of its licence, ISC/);
});
