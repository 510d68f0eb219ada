// How many rows D1 says that it read for a question, on a million interactions over a year, of 200
// users who all come every day, and 12 models.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type NewKey, newKey, storeKey } from "../../scripts/suite/api-keys.ts";
import { type LargeSuite, startOnLargeLedger } from "../bench/large-ledger/large-ledger.ts";
import { checkResponse } from "../contract/check-response.ts";

const dayMs = 86_400_000;
const whole = 5_000;
const grouped = 25_000;
const user = "b54cda260000000000000006";

let suite: LargeSuite;
let key: NewKey;
const lines: { event: string; route: string; rows_read: number }[] = [];

before(async () => {
  suite = await startOnLargeLedger({
    outbound: () => { throw new Error("a test must not reach the network"); },
    variables: { COOKIE_SECRET: "a secret of the tests, long enough" },
    onLog: (line) => lines.push(JSON.parse(line)),
  });
  key = newKey("rows", ["read"]);
  await storeKey(suite.database, key);
});
after(() => suite.stop());

/** The 90 days that the ledger ends with. */
function quarter(): string {
  const start = new Date(Date.parse(suite.size.endsOn) - 89 * dayMs).toISOString().slice(0, 10);
  return `start_date=${start}&end_date=${suite.size.endsOn}`;
}

async function rowsRead(path: string): Promise<number> {
  lines.length = 0;
  const response = await fetch(`${suite.url}${path}`, { headers: { authorization: `Bearer ${key.secret}` } });
  const text = await response.text();
  checkResponse("GET", new URL(path, suite.url).pathname, response, text);
  assert.equal(response.status, 200, text.slice(0, 300));
  assert.ok(JSON.parse(text).total?.interaction_count !== 0, "the range has usage");
  const end = Date.now() + 5_000;
  // The line is written after the answer.
  for (;;) {
    const line = lines.find((entry) => entry.event === "request" && entry.route !== "forward");
    if (line !== undefined) return line.rows_read;
    assert.ok(Date.now() < end, "the Worker wrote no line");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const bounds: [path: string, more: string, rows: number][] = [
  ["/stats/system", "", whole],
  ["/stats/system", "&compare=previous&include=sessions", whole],
  ["/stats/daily", "", whole],
  ["/stats/daily", "&compare=previous", whole],
  ["/stats/daily", "&include=sessions,latency", whole],
  ["/stats/daily", "&granularity=week&compare=last_year", whole],
  ...["model", "user", "agent", "provider", "type", "component", "token_type"].map((group): [string, string, number] => ["/stats/daily", `&group_by=${group}&compare=previous`, grouped]),
  ["/stats/daily", `&user_id=${user}&group_by=model&compare=previous`, grouped],
  ["/stats/system", `&user_id=${user}&compare=previous&include=sessions`, grouped],
  ...["users", "models", "agents"].flatMap((list): [string, string, number][] => [
    [`/stats/${list}`, "", grouped],
    [`/stats/${list}`, "&compare=previous", grouped],
    [`/stats/${list}`, `&limit=8&compare=previous&include=sessions,trend,latency`, grouped],
  ]),
  ["/stats/users", "&q=a1&sort=tokens", grouped],
  [`/stats/users/${user}`, "&compare=previous", grouped],
];

for (const [path, more, bound] of bounds) {
  test(`at most ${bound} rows are read for 90 days of ${path}?${more}`, async () => {
    const rows = await rowsRead(`${path}?${quarter()}${more}`);
    assert.ok(rows > 0 && rows <= bound, `${rows} rows`);
  });
}

test("a page of sessions reads the page, whatever lies behind it", async () => {
  // The count walks the index; the page itself is a few rows a session.
  const all = await rowsRead(`/sessions?${quarter()}`);
  const few = await rowsRead(`/sessions?${quarter()}&limit=1`);
  assert.ok(all - few < 49 * 20, `${all} and ${few} rows`);
});

test("a session and a receipt read their own rows alone", async () => {
  const { items } = (await (await fetch(`${suite.url}/sessions?${quarter()}&limit=1`, { headers: { authorization: `Bearer ${key.secret}` } })).json()) as { items: { id: string }[] };
  const session = items[0]!.id;
  assert.ok((await rowsRead(`/sessions/${session}`)) < 1_000);
  const first = await suite.database.prepare("SELECT id FROM interactions WHERE session_key = (SELECT session_key FROM session_ids WHERE id = ?1) LIMIT 1").bind(session).first<string>("id");
  assert.ok((await rowsRead(`/interactions/${first}/cost`)) < 200);
});
