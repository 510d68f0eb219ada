// Each operation of the contracts has a route in the running suite, and a method that no contract
// lists is refused. (contract/operations.test.ts reads the other way: from the code.)
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openSuite, type OpenSuite } from "./open-suite.ts";
import { checkResponse } from "../contract/check-response.ts";
import { operationsOf, readContracts } from "../contract/read-contract.ts";

let suite: OpenSuite;
before(async () => {
  suite = await openSuite({ prices: false });
});
after(() => suite.stop());

/** What stands for a parameter where any unknown id would not do. */
const examples: Record<string, string> = { "{path}": "", "{name}": "analytics-api.yaml", "{id}": "1" };

test("each_operation_of_the_contracts_has_a_route", async (context) => {
  for (const { method, template, operationId } of operationsOf(readContracts())) {
    await context.test(operationId, async () => {
      const path = exampleOf(template);
      // Without a key: what is guarded says 401 before it looks for anything.
      const response = await fetch(`${suite.url}${path}`, { method, redirect: "manual" });
      const text = await response.text();
      checkResponse(method, path.split("?")[0]!, response, text);
      assert.ok(
        response.status !== 404 && response.status !== 405 && response.status < 500,
        `${method} ${template} was answered ${response.status}: ${text.slice(0, 300)}`,
      );
    });
  }
});

test("a_method_that_no_contract_lists_is_refused", async (context) => {
  const operations = operationsOf(readContracts());
  const templates = new Set(operations.map((operation) => operation.template));
  for (const template of templates) {
    if (template.startsWith("/app/")) continue;
    const known = new Set(operations.filter((operation) => operation.template === template).map((operation) => operation.method));
    for (const method of ["PUT", "DELETE", "PATCH", "POST"].filter((candidate) => !known.has(candidate))) {
      await context.test(`${method} ${template}`, async () => {
        const path = exampleOf(template);
        const response = await fetch(`${suite.url}${path}`, { method, headers: { authorization: `Bearer ${suite.keys.admin.secret}` } });
        assert.equal(response.status, 405, await response.text());
      });
    }
  }
});

function exampleOf(template: string): string {
  return template.replaceAll(/\{[^}]+\}/g, (parameter) => examples[parameter] ?? "unknown");
}
