/** How a group of the ledger is called and addressed. */
import type { Group } from "../api/model.ts";
import type { Filter } from "./filter.ts";

const components: Record<string, string> = { ai_tokens: "AI tokens", db_ops: "Database operations", api_calls: "API calls", compute_time: "Compute time" };
const tokenTypes: Record<string, string> = {
  input: "Input", cache_read: "Cache read", cache_write_5m: "Cache write, 5 min", cache_write_1h: "Cache write, 1 h", output: "Output",
  reasoning: "Reasoning", audio_in: "Audio in", audio_out: "Audio out", image_in: "Images in", image_out: "Images out",
};
const interactionTypes: Record<string, string> = { chat: "Chat", db: "Database", api: "API calls", "cost-event": "Cost events" };

/** A part of a cost in words. */
export function componentName(component: string): string {
  return components[component] ?? component;
}

/** What was used, in words: a token type, or a call by its own name. */
export function resourceName(resource: string): string {
  const known = tokenTypes[resource];
  if (known !== undefined) return known;
  const words = resource.replace(/^tool:/, "tool: ").replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** A kind of interaction in words. */
export function typeName(type: string): string {
  return interactionTypes[type] ?? type;
}

/** A model's name, or what stands in its place. */
export function modelName(model: string | null, provider: string | null = null): string {
  if (model !== null && model !== "") return model;
  return provider === null || provider === "" ? "Not a model (hosting, tools, database)" : `${provider} (no model)`;
}

/** A group in words; a person who was erased has no name. */
export function groupName(group: Group): string {
  if (group.erased) return "Erased user";
  switch (group.dimension) {
    case "user":
      return group.label || group.user_id || "No user";
    case "model":
      return modelName(group.model, group.provider);
    case "agent":
      return (group.label === group.agent ? "" : group.label) || group.agent || "No agent";
    case "provider":
      return group.provider || "No provider";
    case "type":
      return typeName(group.id);
    case "component":
      return componentName(group.id);
    case "token_type":
      return resourceName(group.id);
  }
}

/** Whether a group is of the costs that no model causes: a colour would make it one of the models. */
export function isNoModel({ dimension, model }: Group): boolean {
  return dimension === "model" && (model === null || model === "");
}

/** What identifies a group beside the name that people gave it; null where they are the same. */
export function groupId(group: Group): string | null {
  const id = group.dimension === "user" ? group.user_id : group.dimension === "agent" ? group.agent : null;
  return group.erased || id === null || id === "" || id === groupName(group) ? null : id;
}

/** The filters that leave only this group; none where the API cannot filter by it. */
export function groupFilters(group: Group): Filter[] {
  switch (group.dimension) {
    case "user":
      return [{ dimension: "user", value: group.user_id ?? "" }];
    case "model":
      return [{ dimension: "model", value: group.model ?? "" }, { dimension: "provider", value: group.provider ?? "" }];
    case "agent":
      return [{ dimension: "agent", value: group.agent ?? "" }];
    case "provider":
      return [{ dimension: "provider", value: group.provider ?? "" }];
    case "type":
      return [{ dimension: "type", value: group.id }];
    case "component":
    case "token_type":
      return [];
  }
}
