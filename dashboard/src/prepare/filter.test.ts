import { expect, test } from "vitest";
import { filterText, parseFilter, withFilter, withoutFilter } from "./filter.ts";

test("a filter survives the address bar, colons and all", () => {
  const filter = { dimension: "model", value: "ft:gpt-5.4:acme" } as const;
  expect(parseFilter(filterText(filter))).toEqual(filter);
});

test("an unknown dimension, relation or overlong value is no filter", () => {
  expect(["colour:is:red", "model:like:x", "model:is:", "model", `user:is:${"x".repeat(513)}`].map(parseFilter)).toEqual([null, null, null, null, null]);
});

test("the same filter twice is one, and the newest twenty stay", () => {
  const one = withFilter([], { dimension: "user", value: "ada" });
  expect(withFilter(one, { dimension: "user", value: "ada" })).toEqual(one);
  const many = Array.from({ length: 25 }, (_, i) => i).reduce((filters, i) => withFilter(filters, { dimension: "user", value: `u${i}` }), [] as string[]);
  expect(many).toHaveLength(20);
  expect(many.at(-1)).toBe("user:is:u24");
  expect(withoutFilter(one, "user:is:ada")).toEqual([]);
});
