import { ApiError } from "./api-error.ts";

/** Where a page of a list begins and how many rows it has. */
type Paged = { limit?: number | undefined; offset?: number | undefined };

/**
 * A page of a list; where the list has become shorter than the address says, its last page: an old link
 * opens what is there instead of a refusal.
 */
export async function pageOrLast<Query extends Paged, Answer>(query: Query, ask: (query: Query) => Promise<Answer>, totalOf: (answer: Answer) => number): Promise<Answer> {
  const { offset: asked = 0, limit = 50 } = query;
  const lastPage = (total: number) => ask({ ...query, offset: Math.floor(Math.max(0, total - 1) / limit) * limit });
  try {
    const answer = await ask(query);
    // Some lists answer with no rows.
    return asked > 0 && asked >= totalOf(answer) ? await lastPage(totalOf(answer)) : answer;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400 || error.problem?.field !== "offset") throw error;
    return lastPage(totalOf(await ask({ ...query, offset: 0 })));
  }
}
