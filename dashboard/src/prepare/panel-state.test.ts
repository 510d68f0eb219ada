import { expect, test } from "vitest";
import { type PanelFacts, panelState } from "./panel-state.ts";

const facts: PanelFacts = { hasData: true, fetching: false, error: null, updatedAt: 5, isEmpty: false, ledgerIsEmpty: false, isFiltered: false };
const failed = { name: "ApiError", message: "The database did not answer.", status: 503, requestId: "r1" };

test("data is ready, also while it is asked for again", () => {
  expect(panelState(facts)).toEqual({ kind: "ready", refreshing: false, stale: null });
  expect(panelState({ ...facts, fetching: true })).toEqual({ kind: "ready", refreshing: true, stale: null });
});

test("a failed refresh keeps the old data with its time", () => {
  expect(panelState({ ...facts, error: failed })).toEqual({ kind: "ready", refreshing: false, stale: { since: 5, reason: failed.message } });
});

test("nothing ever, nothing on these days and nothing behind these filters are three things", () => {
  expect(panelState({ ...facts, isEmpty: true, ledgerIsEmpty: true })).toEqual({ kind: "never" });
  expect(panelState({ ...facts, isEmpty: true })).toEqual({ kind: "quiet" });
  expect(panelState({ ...facts, isEmpty: true, isFiltered: true })).toEqual({ kind: "filtered" });
});

test("without data the error says which kind it is", () => {
  const none = { ...facts, hasData: false };
  expect(panelState(none)).toEqual({ kind: "loading" });
  expect(panelState({ ...none, error: failed })).toEqual({ kind: "error", reason: failed.message, requestId: "r1" });
  expect(panelState({ ...none, error: { name: "Error", message: "x" } })).toEqual({ kind: "error", reason: "x", requestId: null });
  expect(panelState({ ...none, error: { ...failed, status: 403 } }).kind).toBe("forbidden");
  expect(panelState({ ...none, error: { ...failed, status: 404 } }).kind).toBe("missing");
  expect(panelState({ ...none, error: { name: "UnreachableError", message: "" } })).toEqual({ kind: "offline" });
});
