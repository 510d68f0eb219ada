// A command line for every operation, from its own examples: what a reader copies and runs.
import { type Json, type JsonObject, list, methods, object, text } from "./join-contracts.ts";

/** Adds to every operation its command line, as the page's renderer shows it. */
export function addCurlSamples(document: JsonObject): void {
  for (const [path, item] of Object.entries(object(document.paths))) {
    for (const method of methods) {
      const operation = object(object(item)[method]);
      if (Object.keys(operation).length === 0) continue;
      const parameters = [...list(object(item).parameters), ...list(operation.parameters)].map((parameter) => resolved(document, parameter));
      operation["x-codeSamples"] = [{ lang: "Shell", label: "curl", source: curlOf(document, method, path, operation, parameters) }];
    }
  }
}

function curlOf(document: JsonObject, method: string, path: string, operation: JsonObject, parameters: readonly JsonObject[]): string {
  const query = parameters.filter((parameter) => parameter.in === "query" && (parameter.required === true || exampleOf(document, parameter) !== undefined));
  const pairs = query.map((parameter) => `${text(parameter.name)}=${encodeURIComponent(shown(exampleOf(document, parameter), text(parameter.name)))}`);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = parameters.find((each) => each.in === "path" && each.name === name);
    return encodeURIComponent(shown(parameter && exampleOf(document, parameter), name.toUpperCase()));
  });
  const lines = [`curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} "$TOKENTILL_URL${filled}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}"`];
  if (list(operation.security).length > 0) lines.push('-H "Authorization: Bearer $TOKENTILL_KEY"');
  lines.push(...bodyOf(document, operation));
  return lines.join(" \\\n  ");
}

function bodyOf(document: JsonObject, operation: JsonObject): string[] {
  const content = object(resolved(document, operation.requestBody).content);
  const [type = "", media] = Object.entries(content).find(([name]) => name === "application/json") ?? Object.entries(content)[0] ?? [];
  if (type === "") return [];
  const example = exampleOf(document, object(media));
  const header = `-H 'content-type: ${type}'`;
  if (type !== "application/json" || example === undefined) return [header, "--data-binary @body"];
  return [header, `-d '${JSON.stringify(example, null, 2).replaceAll("'", "'\\''")}'`];
}

/** The example of a parameter or a body: its own, the first of several, or its schema's. */
function exampleOf(document: JsonObject, of: JsonObject): Json | undefined {
  if (of.example !== undefined) return of.example;
  const [first] = Object.values(object(of.examples));
  if (first !== undefined) return resolved(document, first).value;
  const schema = resolved(document, of.schema);
  return schema.example ?? list(schema.examples)[0];
}

function resolved(document: JsonObject, value: Json | undefined): JsonObject {
  const reference = object(value).$ref;
  if (typeof reference !== "string") return object(value);
  return resolved(document, reference.replace(/^#\//, "").split("/").reduce<Json | undefined>((at, name) => object(at)[name], document));
}

const shown = (value: Json | undefined, otherwise: string): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : otherwise;
