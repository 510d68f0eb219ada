import { expect, test } from "vitest";
import { ApiError, type Problem } from "./api-error.ts";
import { pageOrLast } from "./last-page.ts";

const rows = Array.from({ length: 120 }, (_, index) => index);
const asked: number[] = [];

async function ask({ offset = 0, limit = 50 }: { offset?: number | undefined; limit?: number | undefined }) {
  asked.push(offset);
  if (offset > 0 && offset >= rows.length) throw new ApiError(400, { field: "offset", detail: "past the end" } as Problem);
  return { total: rows.length, items: rows.slice(offset, offset + limit) };
}

test("an address past the end of a list opens its last page", async () => {
  const page = await pageOrLast({ limit: 50, offset: 5_000 }, ask, ({ total }) => total);
  expect([page.items[0], page.items.length]).toEqual([100, 20]);
});

test("a list that answers with no rows past its end is asked for its last page too", async () => {
  const lenient = async ({ offset = 0, limit = 50 }: { offset?: number | undefined; limit?: number | undefined }) => ({ total: rows.length, items: rows.slice(offset, offset + limit) });
  expect((await pageOrLast({ limit: 50, offset: 700 }, lenient, ({ total }) => total)).items).toHaveLength(20);
});

test("a page that exists is asked for once, and another refusal stays one", async () => {
  asked.length = 0;
  await pageOrLast({ limit: 50, offset: 50 }, ask, ({ total }) => total);
  expect(asked).toEqual([50]);
  const refuse = () => Promise.reject(new ApiError(400, { field: "limit", detail: "too many" } as Problem));
  await expect(pageOrLast({ limit: 900, offset: 50 }, refuse, () => 0)).rejects.toThrow("too many");
});
