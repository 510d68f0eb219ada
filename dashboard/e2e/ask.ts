/** The running suite, as the environment or the set-up named it, and its own API. */

/** Something that the environment or the set-up must have named. */
function named(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set.`);
  return value;
}

/** What the tests know of the running suite. */
export const suite = {
  get url() {
    return named("SUITE_URL").replace(/\/$/, "");
  },
  get adminKey() {
    return named("SUITE_ADMIN_KEY");
  },
  get ingestKey() {
    return named("SUITE_INGEST_KEY");
  },
  /** Where a test puts the price list that the suite's next sync reads; empty with a suite from elsewhere. */
  get priceListUrl() {
    return process.env.SUITE_PRICE_LIST_URL ?? "";
  },
};

/** Asks the suite's own API, with the admin's key. */
export async function ask<Answer>(path: string, init: RequestInit & { key?: string } = {}): Promise<Answer> {
  const { key = suite.adminKey, ...rest } = init;
  const response = await fetch(suite.url + path, { ...rest, headers: { authorization: `Bearer ${key}`, ...(rest.body === undefined ? {} : { "content-type": "application/json" }) } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}
