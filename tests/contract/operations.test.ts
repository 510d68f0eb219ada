// From the code to the contract: every route of a Worker's `route.rs` is an operation of its
// contract, by its name, and every operation has such a route.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { workerDirectory, type WorkerName } from "../../scripts/repository.ts";
import { type ContractName, operationsOf, readContracts } from "./read-contract.ts";

const workerOf: Record<ContractName, WorkerName> = {
  "tracking-api": "analytics-tracker",
  "analytics-api": "analytics-api",
  "pricing-sync-api": "pricing-sync",
};

const contracts = readContracts();

for (const contract of contracts) {
  test(`the routes of ${workerOf[contract.name]} are the operations of ${contract.name}`, () => {
    const code = readFileSync(join(workerDirectory(workerOf[contract.name]), "src", "route.rs"), "utf8");
    // `Route::name` gives each route the name of its operation.
    const body = /fn name\(&self\)[^{]*\{([\s\S]*?)\n    \}/.exec(code)?.[1] ?? "";
    const routes = [...body.matchAll(/=>\s*\{?\s*"(\w+)"/g)].map((match) => match[1]!);
    const operations = operationsOf([contract]).map((operation) => operation.operationId);
    assert.deepEqual(routes.toSorted(), operations.toSorted());
  });
}

test("an operation's name is used once in all contracts", () => {
  const names = operationsOf(contracts).map((operation) => operation.operationId);
  assert.deepEqual(names, [...new Set(names)]);
  assert.ok(names.every((name) => name !== ""));
});

test("no path and method stands in two contracts, but for each Worker's own health", () => {
  const operations = operationsOf(contracts).filter((operation) => operation.template !== "/health");
  const places = operations.map(({ method, template }) => `${method} ${template}`);
  assert.deepEqual(places, [...new Set(places)]);
});
