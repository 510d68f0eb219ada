import type { components } from "./analytics-schema.d.ts";

/** The API's word on what went wrong (RFC 9457). */
export type Problem = components["schemas"]["Problem"];

/** An answer that is no success, with the API's own sentence where it gave one. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null) {
    super(problem?.detail ?? `The server answered ${status} without saying why.`);
    this.status = status;
    this.problem = problem;
  }
}

/** The request never got an answer: the network or the server is away. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";

  constructor(cause: unknown) {
    super("The server could not be reached.", { cause });
  }
}

/** Whether a body is the API's problem document. */
function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string";
}

/** What a request that got no answer means: the reader's own cancelling, or that nobody is there. */
export function unreachable(cause: unknown): never {
  throw cause instanceof DOMException ? cause : new UnreachableError(cause);
}

/** An answer that holds not what was asked for, with the API's own sentence where its body has one. */
export function refusal({ status }: Response, body: unknown): ApiError {
  return new ApiError(status, isProblem(body) ? body : null);
}

/** Turns openapi-fetch's answer into data or an error that a panel can show. */
export async function unwrap<Data>(answer: Promise<{ data?: Data; error?: unknown; response: Response }>): Promise<Data> {
  const { data, error, response } = await answer.catch(unreachable);
  if (!response.ok) throw refusal(response, error);
  return data as Data;
}
