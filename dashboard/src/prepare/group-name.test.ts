import { expect, test } from "vitest";
import type { Group } from "../api/model.ts";
import { componentName, groupFilters, groupId, groupName, isNoModel, modelName, resourceName, typeName } from "./group-name.ts";

const group = (given: Partial<Group>): Group => ({ dimension: "user", id: "x", label: "", provider: null, model: null, user_id: null, tenant_id: null, agent: null, erased: false, ...given });

test("a group is called what people call it", () => {
  expect(groupName(group({ user_id: "u1", label: "Ada" }))).toBe("Ada");
  expect(groupName(group({ user_id: "u1" }))).toBe("u1");
  expect(groupName(group({}))).toBe("No user");
  expect(groupName(group({ user_id: "u1", label: "Ada", erased: true }))).toBe("Erased user");
  expect(groupName(group({ dimension: "model", provider: "openai", model: "gpt-5.4" }))).toBe("gpt-5.4");
  expect(groupName(group({ dimension: "model", provider: "mongodb", model: "" }))).toBe("mongodb (no model)");
  expect(groupName(group({ dimension: "agent", agent: "" }))).toBe("No agent");
  expect(groupName(group({ dimension: "provider", provider: "" }))).toBe("No provider");
  expect(groupName(group({ dimension: "type", id: "db" }))).toBe("Database");
  expect(groupName(group({ dimension: "component", id: "ai_tokens" }))).toBe("AI tokens");
  expect(groupName(group({ dimension: "token_type", id: "cache_read" }))).toBe("Cache read");
});

test("what has no word of its own keeps its name", () => {
  expect([componentName("x"), resourceName("tool:web_fetch"), resourceName("rows_read"), typeName("x"), modelName(""), modelName(null)]).toEqual(["x", "Tool: web fetch", "Rows read", "x", "Not a model (hosting, tools, database)", "Not a model (hosting, tools, database)"]);
});

test("an agent is called by its name, and its id stays within reach", () => {
  const named = group({ dimension: "agent", agent: "agent_9f3", label: "Research assistant" });
  expect([groupName(named), groupId(named)]).toEqual(["Research assistant", "agent_9f3"]);
  expect([groupName(group({ dimension: "agent", agent: "agent_9f3", label: "agent_9f3" })), groupId(group({ dimension: "agent", agent: "agent_9f3", label: "agent_9f3" }))]).toEqual(["agent_9f3", null]);
  expect([groupId(group({ user_id: "507f1f77bcf86cd799439011", label: "Ada" })), groupId(group({ user_id: "u1" })), groupId(group({ user_id: "u1", label: "Ada", erased: true }))]).toEqual(["507f1f77bcf86cd799439011", null, null]);
  expect([isNoModel(group({ dimension: "model", model: "" })), isNoModel(group({ dimension: "agent", agent: "" }))]).toEqual([true, false]);
});

test("a group can be filtered by where the API can", () => {
  expect(groupFilters(group({ user_id: "u1" }))).toEqual([{ dimension: "user", value: "u1" }]);
  expect(groupFilters(group({}))).toEqual([{ dimension: "user", value: "" }]);
  expect(groupFilters(group({ dimension: "model", provider: "azure", model: "gpt-5.4" }))).toEqual([{ dimension: "model", value: "gpt-5.4" }, { dimension: "provider", value: "azure" }]);
  expect(groupFilters(group({ dimension: "model", provider: "", model: "" }))).toEqual([{ dimension: "model", value: "" }, { dimension: "provider", value: "" }]);
  expect(groupFilters(group({ dimension: "agent", agent: "a" }))).toEqual([{ dimension: "agent", value: "a" }]);
  expect(groupFilters(group({ dimension: "agent", agent: "" }))).toEqual([{ dimension: "agent", value: "" }]);
  expect(groupFilters(group({ dimension: "provider", provider: "azure" }))).toEqual([{ dimension: "provider", value: "azure" }]);
  expect(groupFilters(group({ dimension: "provider", provider: null }))).toEqual([{ dimension: "provider", value: "" }]);
  expect(groupFilters(group({ dimension: "type", id: "db" }))).toEqual([{ dimension: "type", value: "db" }]);
  expect(groupFilters(group({ dimension: "component", id: "db_ops" }))).toEqual([]);
});
