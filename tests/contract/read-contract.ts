// The OpenAPI contracts as data: their operations, and the operation that a request belongs to.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The front door's own comes first: a path of two contracts is answered by it. */
export const contractNames = ["analytics-api", "tracking-api", "pricing-sync-api"] as const;
export type ContractName = (typeof contractNames)[number];

export interface Contract {
  name: ContractName;
  document: { paths: Record<string, Record<string, unknown>>; [key: string]: unknown };
}

export interface Operation {
  contract: ContractName;
  method: string;
  /** The path with its parameters in braces. */
  template: string;
  operationId: string;
}

const methods = new Set(["get", "put", "post", "delete", "patch", "head", "options"]);

export function contractPath(name: ContractName): string {
  return join(import.meta.dirname, "..", "..", "contracts", `${name}.yaml`);
}

export function readContracts(): Contract[] {
  return contractNames.map((name) => ({ name, document: parse(readFileSync(contractPath(name), "utf8")) as Contract["document"] }));
}

export function operationsOf(contracts: readonly Contract[]): Operation[] {
  return contracts.flatMap(({ name, document }) =>
    Object.entries(document.paths).flatMap(([template, item]) =>
      Object.entries(item)
        .filter(([method]) => methods.has(method))
        .map(([method, operation]) => ({
          contract: name,
          method: method.toUpperCase(),
          template,
          operationId: String((operation as { operationId?: string }).operationId ?? ""),
        })),
    ),
  );
}

/** The operation that a request belongs to: a literal path wins over one with parameters. */
export function operationOf(operations: readonly Operation[], method: string, path: string): Operation | undefined {
  return operations
    .filter((operation) => operation.method === method && templateMatches(operation.template, path))
    .toSorted((a, b) => parameterCount(a.template) - parameterCount(b.template))[0];
}

function parameterCount(template: string): number {
  return template.split("{").length;
}

function templateMatches(template: string, path: string): boolean {
  const pattern = template
    .split("/")
    .map((part) => (part.startsWith("{") ? (part === "{path}" ? ".*" : "[^/]+") : part.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&")))
    .join("/");
  return new RegExp(`^${pattern}$`).test(path);
}
