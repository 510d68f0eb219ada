// The three contracts as one document, for one page: their operations by what they are for, and of what bears the
// same name in two of them each its own.

/** Any value of a contract. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** A contract with the word that tells its parts from those of the others. */
export interface Contract {
  name: string;
  document: JsonObject;
}

export function joinContracts(contracts: readonly Contract[], introduction: string): JsonObject {
  const joined: JsonObject = {
    openapi: "3.1.0",
    info: { title: "Tokentill API", version: text(object(contracts[0]?.document.info).version), description: introduction },
    servers: contracts[0]?.document.servers ?? [],
  };
  const paths: JsonObject = {};
  const components: JsonObject = {};
  const tags: Json[] = [];
  const groups: Json[] = [];
  for (const { name, document } of contracts) {
    const info = object(document.info);
    const own = withPrefix(document, name, sharedNames(contracts, document));
    const intro = `${name} about`;
    tags.push({ name: intro, "x-displayName": "About", "x-traitTag": true, description: text(info.description) });
    const ownTags = list(own.tags).map((tag) => ({ ...object(tag), name: `${name} ${text(object(tag).name)}`, "x-displayName": capital(text(object(tag).name)) }));
    tags.push(...ownTags);
    groups.push({ name: text(info.title).replace(/^Tokentill /, ""), tags: [intro, ...ownTags.map((tag) => tag.name)] });
    for (const [path, item] of Object.entries(object(own.paths))) {
      // What each Worker answers under the same path, such as `/health`, is the front door's there.
      if (paths[path] === undefined) paths[path] = tagged(object(item), name, own.security ?? []);
    }
    for (const [kind, named] of Object.entries(object(own.components))) components[kind] = { ...object(components[kind]), ...object(named) };
  }
  return { ...joined, tags, "x-tagGroups": groups, paths, components };
}

/** The methods that operations of the contracts have. */
export const methods = new Set(["get", "post", "put", "patch", "delete", "options"]);

/** The operations of a path, with the contract's security where they name none. */
function tagged(item: JsonObject, name: string, security: Json): JsonObject {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]) => {
      if (!methods.has(method)) return [method, operation];
      const own = object(operation);
      return [method, { ...own, security: own.security ?? security, tags: list(own.tags).map((tag) => `${name} ${text(tag)}`) }];
    }),
  );
}

/** The components, by kind and name, that another contract has under the same name and otherwise. */
function sharedNames(contracts: readonly Contract[], own: JsonObject): Set<string> {
  const shared = new Set<string>();
  for (const [kind, named] of Object.entries(object(own.components))) {
    for (const [name, component] of Object.entries(object(named))) {
      const others = contracts.filter(({ document }) => document !== own).map(({ document }) => object(object(document.components)[kind])[name]);
      if (others.some((other) => other !== undefined && JSON.stringify(other) !== JSON.stringify(component))) shared.add(`${kind}/${name}`);
    }
  }
  return shared;
}

/** The components that another contract has otherwise under a name of the contract's own, wherever they are named. */
function withPrefix(document: JsonObject, name: string, shared: ReadonlySet<string>): JsonObject {
  const named = (kind: string, component: string): string => (shared.has(`${kind}/${component}`) ? `${capital(name)}${capital(component)}` : component);
  const renamed = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(renamed);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === "$ref" && typeof inner === "string"
          ? inner.replace(/^#\/components\/(\w+)\/(\w+)/, (_, kind: string, component: string) => `#/components/${kind}/${named(kind, component)}`)
          : key === "security" ? list(inner).map((scheme) => prefixed("securitySchemes", object(scheme)))
          : renamed(inner),
      ]),
    );
  };
  const prefixed = (kind: string, components: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(components).map(([component, inner]) => [named(kind, component), inner]));
  const own = object(renamed(document));
  own.components = Object.fromEntries(Object.entries(object(own.components)).map(([kind, components]) => [kind, prefixed(kind, object(components))]));
  for (const [id, scheme] of Object.entries(object(object(own.components).securitySchemes))) {
    object(scheme)["x-displayName"] = id.replace(capital(name), "").replace(/([A-Z])/g, " $1").trim().toLowerCase();
  }
  return own;
}

export function object(value: Json | undefined): JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

export function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
