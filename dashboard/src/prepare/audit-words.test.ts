import { expect, test } from "vitest";
import { actionName, actorName, auditFile, detailLines } from "./audit-words.ts";
import { csv } from "./table-file.ts";

test("an action is said in words, one that a later release brought by its own", () => {
  expect(["key.create", "price_override.set", "plan.publish"].map(actionName)).toEqual(["Made a key", "Set a price", "plan.publish"]);
});

test("who did it is the key's name, the machine or a person behind Access, and else the key's id", () => {
  const names = new Map([["pk-tt-1", "Admin"]]);
  expect(["pk-tt-1", "pk-tt-2", "machine", "access:1f"].map((actor) => actorName(actor, names))).toEqual(["Admin", "pk-tt-2", "the machine", "Access: 1f"]);
});

test("a detail is lines of names and values, nothing of it left out", () => {
  expect(detailLines({ name: "LibreChat", user_id: null, after: { rate: "5", tiers: ["a", "b"], none: {} }, on: false })).toEqual([["name", "LibreChat"], ["user_id", "none"], ["after.rate", "5"], ["after.tiers.0", "a"], ["after.tiers.1", "b"], ["after.none", "none"], ["on", "false"]]);
  expect([detailLines(null), detailLines({}), detailLines([])]).toEqual([[], [], []]);
});

test("the file says whether older entries are missing, and runs no formula", () => {
  const entry = { id: 7, at: "2026-11-23T12:51:09.363Z", actor: "pk-tt-1", action: "key.create", subject: "=1+1", detail: ["x"], reason: null };
  const text = csv(auditFile([entry], new Map(), true));
  expect(text).toContain("older ones were not loaded");
  expect(text).toContain("'=1+1");
  expect(csv(auditFile([entry], new Map(), false))).toContain("which are all");
});
