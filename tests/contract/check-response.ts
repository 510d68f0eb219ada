// Checks an answer against the contract: its status, its content type and its body.
import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type Operation, operationOf, operationsOf, readContracts } from "./read-contract.ts";

const contracts = readContracts();
const operations = operationsOf(contracts);
// Not strict: a contract has keywords that JSON Schema does not know (`discriminator`, `example`).
const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (instance: Ajv2020) => void)(ajv);
for (const { name, document } of contracts) ajv.addSchema(document, name);

/** Fails where an answer is not what the contract promises; answers with the operation. */
export function checkResponse(method: string, path: string, response: Response, text: string): Operation {
  const operation = operationOf(operations, method, path);
  assert.ok(operation, `${method} ${path} is in no contract`);
  const where = `${method} ${operation.template}`;
  const declared = responseOf(operation, response.status);
  assert.ok(declared, `${where} answered ${response.status}, which the contract does not list: ${text.slice(0, 400)}`);
  if (text === "") return operation;
  const contentType = (response.headers.get("content-type") ?? "").split(";")[0]!.trim();
  const media = declared.value.content?.[contentType] ?? declared.value.content?.["*/*"];
  assert.ok(media !== undefined, `${where} ${response.status} is ${contentType || "untyped"}, the contract says ${Object.keys(declared.value.content ?? {}).join(", ") || "no body"}`);
  if (!/\bjson$/.test(contentType) || media.schema === undefined) return operation;
  const validate = validator(`${declared.reference}/content/${escape(contentType)}/schema`);
  const isValid = validate(JSON.parse(text));
  assert.ok(isValid, `${where} ${response.status} is not what the contract says: ${ajv.errorsText(validate.errors)}\n${text.slice(0, 1_000)}`);
  return operation;
}

interface DeclaredResponse {
  content?: Record<string, { schema?: unknown }>;
}

function responseOf(operation: Operation, status: number): { reference: string; value: DeclaredResponse } | undefined {
  const base = `${operation.contract}#/paths/${escape(operation.template)}/${operation.method.toLowerCase()}/responses`;
  for (const key of [String(status), `${String(status)[0]}XX`, "default"]) {
    const found = follow(`${base}/${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value that a reference leads to, through further references. */
function follow(reference: string): { reference: string; value: DeclaredResponse } | undefined {
  const [name, pointer = ""] = reference.split("#");
  let value: unknown = contracts.find((contract) => contract.name === name)?.document;
  for (const part of pointer.split("/").slice(1)) {
    value = (value as Record<string, unknown> | undefined)?.[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  if (value === undefined) return undefined;
  const next = (value as { $ref?: string }).$ref;
  return next === undefined ? { reference, value: value as DeclaredResponse } : follow(`${name}${next}`);
}

const validators = new Map<string, ValidateFunction>();

function validator(reference: string): ValidateFunction {
  const known = validators.get(reference);
  if (known !== undefined) return known;
  const compiled = ajv.compile({ $ref: reference.replaceAll("{", "%7B").replaceAll("}", "%7D") });
  validators.set(reference, compiled);
  return compiled;
}

function escape(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}
