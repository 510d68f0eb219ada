import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { buildDocsPage } from "../../scripts/docs-page/build-docs-page.ts";
import { list, object, text, type Json, type JsonObject } from "../../scripts/docs-page/join-contracts.ts";

const directory = mkdtempSync(join(tmpdir(), "docs-page-"));
buildDocsPage(directory);
after(() => rmSync(directory, { recursive: true }));

const read = (path: string): string => readFileSync(join(directory, path), "utf8");
const document = JSON.parse(read("docs/openapi.json")) as JsonObject;
const operations = Object.values(object(document.paths)).flatMap((item) => Object.values(object(item)).map(object).filter((operation) => operation.operationId !== undefined));

test("the page shows every operation of the three contracts with a curl line", () => {
  const ids = operations.map((operation) => text(operation.operationId));
  for (const id of ["trackInteraction", "getDailyStats", "listRates"]) assert.ok(ids.includes(id), id);
  for (const operation of operations) {
    const curl = text(object(list(operation["x-codeSamples"])[0]).source);
    assert.match(curl, /^curl /, text(operation.operationId));
    assert.equal(curl.includes("Authorization"), list(operation.security).length > 0, curl);
  }
});

test("every reference of the joined contracts leads somewhere", () => {
  const look = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (value !== null && typeof value === "object") {
      if (typeof value.$ref === "string") {
        const found = value.$ref.replace(/^#\//, "").split("/").reduce<Json | undefined>((at, name) => object(at)[name], document);
        assert.notEqual(found, undefined, value.$ref);
      }
      Object.values(value).forEach(look);
    }
  };
  look(document);
  const schemes = Object.keys(object(object(document.components).securitySchemes));
  for (const operation of operations) {
    for (const scheme of list(operation.security).flatMap((each) => Object.keys(object(each)))) assert.ok(schemes.includes(scheme), scheme);
  }
});

test("the page has nothing inline and nothing from elsewhere", () => {
  const page = read("docs/index.html");
  assert.ok(!/<script>|<style|style="|\son\w+="|https?:/.test(page), page);
  assert.ok(!read("docs/redoc.js").includes("cdn.redoc.ly"));
});
