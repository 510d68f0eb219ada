// A history of two years, and every question that can be asked about it: archiving what is older
// than the retention changes no answer but for the flag that says where a row lies.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sampleHistory, type TrackEvent } from "../../scripts/sample/history.ts";
import { operationOf, operationsOf, readContracts } from "../contract/read-contract.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

const dayMs = 86_400_000;
const now = new Date();
const today = now.toISOString().slice(0, 10);
const daysAgo = (days: number): string => new Date(now.getTime() - days * dayMs).toISOString().slice(0, 10);

let suite: OpenSuite;

before(async () => {
  suite = await openSuite();
  for (const events of batchesOf(twoYears(), 500)) {
    const { json } = await suite.call("/track/batch", { body: { events }, key: suite.keys.backfill });
    assert.deepEqual([json.counts.rejected, json.counts.conflict], [0, 0], JSON.stringify(json.results[0]));
  }
});
after(() => suite.stop());

/** Every seventh day of the sample installation's two years: its users, models, agents and outages. */
function twoYears(): TrackEvent[] {
  return sampleHistory(now, 730).filter(({ timestamp }) => {
    const day = Math.floor((now.getTime() - Date.parse(timestamp)) / dayMs);
    return day % 7 === 0;
  });
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** Questions that read old and new interactions, by every filter and in every shape. */
async function questions(): Promise<string[]> {
  const ranges = [
    "", `start_date=${daysAgo(729)}&end_date=${today}`, `start_date=${daysAgo(729)}&end_date=${daysAgo(500)}`,
    // The retention lies in the middle of it.
    `start_date=${daysAgo(395)}&end_date=${daysAgo(335)}`,
  ];
  const ids = async (sql: string): Promise<string[]> => (await suite.rows<{ id: string }>(sql)).map(({ id }) => encodeURIComponent(id));
  const users = await ids("SELECT user_id AS id FROM users ORDER BY user_key LIMIT 12");
  const filters = ["", `user_id=${users[0]}`, "provider=anthropic", "type=db"];
  const groups = ["model", "user", "agent", "provider", "type", "component", "token_type"];
  const stats = ranges.flatMap((range) => [
    ...groups.map((group) => `/stats/daily?${range}&group_by=${group}&granularity=month&include=sessions,latency&compare=previous`),
    ...filters.flatMap((filter) => ["users", "models", "agents", "system"].map((of) => `/stats/${of}?${range}&${filter}&include=sessions,latency,trend&compare=last_year`)),
    `/stats/daily?${range}&granularity=week&compare=last_year`,
    `/sessions?${range}&include=total&sort=cost&limit=500`, `/sessions?${range}&unpriced=true`, `/sessions?${range}&status=error&limit=3&offset=2`,
    ...["interactions", "sessions", "daily"].flatMap((of) => ["csv", "json", "ndjson"].map((format) => `/export/${of}?${range}&format=${format}&preamble=false`)),
    `/export/focus?${range}`,
  ]);
  // These cover at most 400 days.
  const accuracy = [daysAgo(729), daysAgo(395)].flatMap((start) => ["unread-fields", "reported-costs"].map((of) => `/accuracy/${of}?start_date=${start}&end_date=${start === daysAgo(729) ? daysAgo(335) : today}`));
  // An hour's buckets are counted from the interactions themselves.
  const hours = [daysAgo(700), daysAgo(364), today].map((day) => `/stats/daily?start_date=${day}&end_date=${day}&granularity=hour`);
  const recounts = [`/integrity?start_date=${daysAgo(720)}&end_date=${daysAgo(695)}`, `/integrity?start_date=${daysAgo(380)}&end_date=${daysAgo(355)}`];
  const sessions = await ids("SELECT id FROM (SELECT id, row_number() OVER (ORDER BY start_time) AS n, count(*) OVER () AS total FROM sessions JOIN session_ids USING (session_key)) WHERE n % (total / 40) = 0");
  const interactions = await ids("SELECT id FROM (SELECT id, row_number() OVER (ORDER BY timestamp) AS n, count(*) OVER () AS total FROM interactions) WHERE n % (total / 60) = 0");
  return [
    ...stats, ...hours, ...recounts, ...accuracy,
    ...sessions.flatMap((id) => [`/sessions/${id}`, `/sessions/${id}/interactions?order=desc`, `/sessions?q=${id}`]),
    ...interactions.map((id) => `/interactions/${id}/cost`),
    ...users.flatMap((id) => [`/stats/users/${id}`, `/stats/users/${id}?start_date=${daysAgo(729)}&end_date=${today}&compare=previous`]),
    "/watermark", "/left-out", "/api/v1/usage?subject=installation", "/api/v1/usage/periods?subject=installation", "/api/v1/usage/subjects", "/pricing/unpriced", "/pricing/assumed", `/pricing/rates?at=${now.toISOString()}`, "/pricing/history?provider=openai&model=gpt-5-mini", "/pricing/conflicts", "/pricing/quarantine", "/pricing/sources", "/pricing/mappings",
  ].map((path) => path.replace("?&", "?").replaceAll("&&", "&").replace(/[?&]$/, ""));
}

/** What tells of the archival itself, or of the moment of asking. */
const excepted = new Set(["archived", "ledger_version", "last_verification", "exported_at", "generated_at"]);

function comparable(text: string, contentType: string): unknown {
  if (contentType.includes("csv")) return withoutColumn(text, "archived");
  if (contentType.includes("ndjson")) return text.trim().split("\n").map((line) => without(JSON.parse(line)));
  return without(JSON.parse(text));
}

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !excepted.has(name)).map(([name, inner]) => [name, without(inner)]));
}

/** CSV without one column; no field of these exports holds a comma before it within quotes. */
function withoutColumn(text: string, name: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines[0]!.split(",").includes(name) ? lines.map((line) => line.replace(/,(true|false|archived)(?=,|$)/, "")) : lines;
}

async function answers(paths: readonly string[]): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const path of paths) {
    const { status, text, headers } = await suite.call(path, { key: suite.keys.admin });
    found.set(path, status === 200 ? comparable(text, headers.get("content-type") ?? "") : { status, text: JSON.parse(text).type });
  }
  return found;
}

test("a_history_of_two_years_is_archived_and_no_answer_changes", async () => {
  const paths = await questions();
  const before = await answers(paths);
  const refused = [...before].filter(([, answer]) => typeof answer === "object" && answer !== null && "status" in answer && "text" in answer);
  assert.deepEqual(refused, [], "every question is answered");

  const total = (await suite.rows<{ n: number }>("SELECT count(*) AS n FROM interactions"))[0]!.n;
  let moved = 0;
  for (let isMore = true; isMore;) {
    const { json } = await suite.call("/admin/archive", { method: "POST", key: suite.keys.admin });
    assert.equal(json.status, "ok");
    moved += json.summary.interaction_count;
    isMore = json.summary.is_more;
  }
  assert.ok(moved > total * 0.4 && moved < total * 0.6, `${moved} of ${total} moved`);

  const afterwards = await answers(paths);
  for (const path of paths) assert.deepEqual(afterwards.get(path), before.get(path), path);

  // Each operation that reads the ledger is among the questions.
  const operations = operationsOf(readContracts());
  const asked = new Set(paths.map((path) => operationOf(operations, "GET", path.split("?")[0]!)?.operationId));
  const others = new Set(["listJobRuns", "getHealth", "getMe"]);
  const readers = operations.filter(({ contract, method, template }) =>
    method === "GET" && contract !== "tracking-api" && !/^\/(app|docs|contracts?|health|favicon|robots|$)/.test(template));
  assert.deepEqual(readers.map(({ operationId }) => operationId).filter((id) => !asked.has(id) && !others.has(id)), []);
});

test("an archived id that is sent again is a duplicate, and a late event of its session shows in it", async () => {
  const [old] = await suite.rows<{ id: string; session_id: string; n: number }>(
    "SELECT i.id, n.id AS session_id, s.interaction_count AS n FROM interactions_archive i JOIN sessions_archive s USING (session_key) JOIN session_ids n USING (session_key) ORDER BY i.interaction_key LIMIT 1");
  const event = twoYears().find(({ id }) => id === old!.id)!;
  const again = await suite.call("/track/interaction", { body: event, key: suite.keys.backfill });
  assert.deepEqual([again.status, again.json.status], [200, "duplicate"]);
  const changed = await suite.call("/track/interaction", { body: { ...event, metadata: { changed: true } }, key: suite.keys.backfill });
  assert.equal(changed.status, 409);

  const late = await suite.call("/track/interaction", { body: { ...event, id: `${event.id}-late` }, key: suite.keys.backfill });
  assert.equal(late.status, 201);
  const session = (await suite.call(`/sessions/${encodeURIComponent(old!.session_id)}`)).json;
  const { items } = (await suite.call(`/sessions/${encodeURIComponent(old!.session_id)}/interactions?limit=500`)).json;
  assert.deepEqual([session.session.interaction_count, items.length], [old!.n + 1, old!.n + 1]);
  assert.ok(items.some(({ id }: { id: string }) => id === `${event.id}-late`));

  // The next archival takes it along: everything of the session in exactly one place.
  await suite.call("/admin/archive", { method: "POST", key: suite.keys.admin });
  const countIn = (table: string): string =>
    `(SELECT count(*) FROM ${table} WHERE session_key = (SELECT session_key FROM session_ids WHERE id = '${old!.session_id}'))`;
  const places = await suite.rows(`
    SELECT ${countIn("sessions")} AS hot, ${countIn("sessions_archive")} AS archived,
      ${countIn("interactions")} AS hot_interactions, ${countIn("interactions_archive")} AS archived_interactions`);
  assert.deepEqual(places, [{ hot: 0, archived: 1, hot_interactions: 0, archived_interactions: old!.n + 1 }]);
});
