import { expect, test } from "vitest";
import { filterName, filterText, parseFilter, replacedFilters, withFilter, withoutFilter } from "./filter.ts";

test("a filter survives the address bar, colons and all", () => {
  const filter = { dimension: "model", value: "ft:gpt-5.4:acme" } as const;
  expect(parseFilter(filterText(filter))).toEqual(filter);
});

test("an unknown dimension, relation or overlong value is no filter", () => {
  expect(["colour:is:red", "model:like:x", "type:is:", "model", `user:is:${"x".repeat(513)}`].map(parseFilter)).toEqual([null, null, null, null, null]);
});

test("an empty value is a filter: what has no agent, no model, no user", () => {
  for (const dimension of ["user", "model", "agent", "provider"] as const) {
    const filter = { dimension, value: "" };
    expect(parseFilter(filterText(filter))).toEqual(filter);
  }
  expect(filterName({ dimension: "agent", value: "" })).toBe("Agent: no agent");
  expect(filterName({ dimension: "model", value: "gpt-5" })).toBe("Model: gpt-5");
});

test("a filter takes the place of another on its dimension", () => {
  expect(replacedFilters(["model:is:a", "user:is:u"], [{ dimension: "model", value: "" }, { dimension: "provider", value: "x" }])).toEqual(["user:is:u", "model:is:", "provider:is:x"]);
});

test("the same filter twice is one, and the newest twenty stay", () => {
  const one = withFilter([], { dimension: "user", value: "ada" });
  expect(withFilter(one, { dimension: "user", value: "ada" })).toEqual(one);
  const many = Array.from({ length: 25 }, (_, i) => i).reduce((filters, i) => withFilter(filters, { dimension: "user", value: `u${i}` }), [] as string[]);
  expect(many).toHaveLength(20);
  expect(many.at(-1)).toBe("user:is:u24");
  expect(withoutFilter(one, "user:is:ada")).toEqual([]);
});
