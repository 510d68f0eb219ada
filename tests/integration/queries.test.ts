// Questions to the real Workers: every operation on an empty and on a filled ledger, bad input,
// strange ids, exports, and polls. Every answer is checked against the contract.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { picoOf } from "./money.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let empty: OpenSuite;
let suite: OpenSuite;
const hourMs = 3_600_000;
const now = Date.now();
const day = (ago: number): string => new Date(now - ago * 24 * hourMs).toISOString().slice(0, 10);
const range = `start_date=${day(60)}&end_date=${day(0)}`;
const strange = { session: "a/b c%_'\"\\é💸..", interaction: "%2F/../i?&=#", user: "o'neil@x.example/..", agent: "=HYPERLINK(\"http://x\",\"y\")", model: "-1+2" };

function chat(id: string, hoursAgo: number, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id, type: "chat", session_id: `session-${hoursAgo % 5}`, user_id: `user-${hoursAgo % 3}`, timestamp: new Date(now - hoursAgo * hourMs).toISOString(), duration_ms: 900,
    provider: "openAI", model_name: hoursAgo % 2 === 0 ? "gpt-5-mini" : "gpt-5", usage_convention: "disjoint", usage: { input: 1_000 + hoursAgo, output: 500 }, ...changes,
  };
}

before(async () => {
  [empty, suite] = await Promise.all([openSuite({ prices: false }), openSuite()]);
  const events = [
    ...Array.from({ length: 120 }, (_, index) => chat(`event-${index}`, 1 + index * 11)),
    chat(strange.interaction, 30, { session_id: strange.session, user_id: strange.user, agent: strange.agent, model_name: strange.model, status: "error", error: "@SUM(1)", usage: {} }),
    // Ids that a wildcard would find too.
    chat("percent", 31, { session_id: "100%_sure" }), chat("plain", 32, { session_id: "100xxsure" }),
  ];
  const { json } = await suite.call("/track/batch", { body: { events }, key: suite.keys.backfill });
  assert.ok(json.results.every((result: { status: string }) => result.status === "accepted"), JSON.stringify(json));
});
after(() => Promise.all([empty.stop(), suite.stop()]));

const encoded = encodeURIComponent;

function everyQuestion(): string[] {
  const lists = ["users", "models", "agents"];
  return [
    "/sessions", `/sessions?${range}&include=total&sort=cost&order=asc`, "/sessions?status=open&unpriced=false&min_cost=0.000000000001",
    "/stats/system", `/stats/system?${range}&compare=last_year&include=sessions`,
    ...["hour", "day", "week", "month"].map((size) => `/stats/daily?${size === "hour" ? `start_date=${day(1)}&end_date=${day(1)}` : range}&granularity=${size}&compare=previous&include=sessions,latency`),
    ...["model", "user", "agent", "provider", "type", "component", "token_type"].map((group) => `/stats/daily?${range}&group_by=${group}&top=2&compare=last_month`),
    ...lists.flatMap((list) => [`/stats/${list}`, `/stats/${list}?${range}&compare=previous&include=sessions,trend,latency&sort=name&q=e`]),
    ...["interactions", "sessions", "daily", "focus"].map((kind) => `/export/${kind}`),
    ...["csv", "json", "ndjson"].flatMap((format) => ["interactions", "sessions", "daily"].map((kind) => `/export/${kind}?${range}&format=${format}&preamble=true`)),
    "/watermark", "/integrity", "/jobs", "/health", "/auth/me", "/docs",
    // A day that has not come, the first day ever, a decade.
    "/stats/daily?start_date=2199-12-31&end_date=2199-12-31", "/stats/system?start_date=2000-01-01&end_date=2000-01-01", "/stats/users?start_date=2020-01-01&end_date=2029-12-31",
    "/stats/daily?start_date=2020-01-01&end_date=2029-12-31&granularity=month&group_by=user&compare=previous",
  ];
}

test("an empty ledger answers every question", async () => {
  for (const path of everyQuestion()) {
    const { status, text } = await empty.call(path, { key: empty.keys.admin });
    assert.equal(status, 200, `${path}: ${text.slice(0, 300)}`);
  }
  for (const path of ["/sessions/x", "/interactions/x/cost", "/stats/users/x"]) assert.equal((await empty.call(path)).status, 404, path);
});

test("a filled ledger answers every question, and every total agrees", async () => {
  for (const path of everyQuestion()) {
    const { status, text } = await suite.call(path, { key: suite.keys.admin });
    assert.equal(status, 200, `${path}: ${text.slice(0, 300)}`);
  }
  const totals = await Promise.all(["system", "daily", "users", "models", "agents"].map(async (kind) => (await suite.call(`/stats/${kind}?${range}`)).json.total));
  for (const total of totals) assert.deepEqual(total, totals[0]);
  assert.equal(totals[0].interaction_count, 123);
});

test("an export's sum is the screen's, in every format", async () => {
  const screen = picoOf((await suite.call(`/stats/system?${range}`)).json.total.total_cost);
  const sum = (rows: { total_cost: string | null }[]): bigint => rows.reduce((total, row) => total + picoOf(row.total_cost ?? "0"), 0n);
  for (const kind of ["interactions", "sessions", "daily"]) {
    const asJson = (await suite.call(`/export/${kind}?${range}&format=json`)).json;
    const lines = (await suite.call(`/export/${kind}?${range}&format=ndjson`)).text.trim().split("\n").map((line) => JSON.parse(line));
    const csv = parseCsv((await suite.call(`/export/${kind}?${range}`)).text);
    const at = csv[0]!.indexOf("total_cost");
    assert.deepEqual(asJson.rows, lines);
    assert.deepEqual([sum(lines), sum(csv.slice(1).map((row) => ({ total_cost: row[at] || null })))], [screen, screen], kind);
  }
  const focus = parseCsv((await suite.call(`/export/focus?${range}`)).text);
  for (const column of ["BilledCost", "EffectiveCost", "ListCost", "ContractedCost"]) {
    const at = focus[0]!.indexOf(column);
    assert.equal(focus.slice(1).reduce((total, row) => total + picoOf(row[at]!), 0n), screen, column);
  }
});

test("no cell of a CSV is a formula, and JSON keeps the text as it is", async () => {
  for (const path of [`/export/interactions?${range}`, `/export/sessions?${range}`, `/export/daily?${range}&group_by=agent`, `/export/daily?${range}&group_by=model`, `/export/focus?${range}`, `/export/interactions?${range}&preamble=true&agent=${encoded(strange.agent)}`]) {
    const { text } = await suite.call(path);
    for (const row of parseCsv(text)) {
      for (const cell of row) assert.ok(!/^[=+@\t\r]|^-(?![\d.]+$)/.test(cell), `${path}: ${cell}`);
    }
    // Neither is one where the file is split at semicolons or tabs, its head included.
    for (const part of text.split(/[;\t\r\n]/)) assert.ok(!/^[\s"]*[=+@＝＋－＠]|^[\s"]*-(?![\d.]+(,|$))/.test(part), `${path}: ${part}`);
  }
  const { json } = await suite.call(`/export/interactions?${range}&format=json&agent=${encoded(strange.agent)}`);
  assert.deepEqual([json.rows[0].agent, json.rows[0].error, json.rows[0].model], [strange.agent, "Error", strange.model]);
});

test("an id may hold any character, encoded", async () => {
  const session = await suite.call(`/sessions/${encoded(strange.session)}`);
  assert.equal(session.json.session.id, strange.session);
  assert.equal((await suite.call(`/sessions/${encoded(strange.session)}/interactions`)).json.items[0].id, strange.interaction);
  assert.equal((await suite.call(`/interactions/${encoded(strange.interaction)}/cost`)).json.interaction.id, strange.interaction);
  assert.equal((await suite.call(`/stats/users/${encoded(strange.user)}?${range}`)).json.user.user_id, strange.user);
});

test("a search takes every character at its word", async () => {
  const found = async (q: string): Promise<string[]> => (await suite.call(`/sessions?q=${encoded(q)}`)).json.items.map((session: { id: string }) => session.id).toSorted();
  assert.deepEqual(await found("100%_sure"), ["100%_sure"]);
  assert.deepEqual(await found("100"), ["100%_sure", "100xxsure"]);
  assert.deepEqual(await found("%"), ["100%_sure", strange.session].toSorted());
  assert.deepEqual(await found("'; DROP TABLE sessions; --"), []);
  assert.deepEqual(await found(strange.interaction), [strange.session]);
  assert.equal((await suite.call(`/stats/agents?${range}&q=${encoded("%")}`)).json.total_count, 0);
});

const refused: [path: string, status: number, type: string, field?: string][] = [
  ["/stats/system?colour=red", 400, "unknown-parameter", "colour"],
  ["/watermark?x=1", 400, "unknown-parameter", "x"],
  ["/export/focus?format=csv", 400, "unknown-parameter", "format"],
  ["/sessions?type=chat", 400, "unknown-parameter", "type"],
  ["/stats/daily?user_id=a&user_id=b", 400, "repeated-parameter", "user_id"],
  ["/stats/daily?start_date=2026-02-02&end_date=2026-02-01", 400, "reversed-range", "start_date"],
  ["/stats/daily?start_date=2026-02-30&end_date=2026-03-01", 400, "bad-parameter", "start_date"],
  ["/stats/daily?start_date=2026-2-3&end_date=2026-03-01", 400, "bad-parameter", "start_date"],
  ["/stats/daily?start_date=yesterday&end_date=2026-03-01", 400, "bad-parameter", "start_date"],
  ["/stats/daily?start_date=2026-03-01T00:00:00Z&end_date=2026-03-01", 400, "bad-parameter", "start_date"],
  ["/stats/daily?start_date=1999-12-31&end_date=2026-03-01", 400, "bad-parameter", "start_date"],
  ["/stats/daily?start_date=2026-03-01", 400, "bad-parameter", "end_date"],
  ["/stats/daily?end_date=2026-03-01", 400, "bad-parameter", "start_date"],
  ["/stats/system?start_date=2000-01-01&end_date=2100-01-01", 400, "range-too-long", "end_date"],
  ["/stats/daily?start_date=2020-01-01&end_date=2026-01-01", 400, "range-too-long", "granularity"],
  ["/integrity?start_date=2026-01-01&end_date=2026-03-01", 400, "range-too-long", "end_date"],
  ["/stats/daily?granularity=hour", 400, "bad-parameter", "granularity"],
  ["/stats/daily?granularity=year", 400, "bad-parameter", "granularity"],
  ["/stats/daily?top=3", 400, "bad-parameter", "top"],
  ["/stats/daily?group_by=model&top=51", 400, "bad-parameter", "top"],
  ["/stats/daily?group_by=", 400, "bad-parameter", "group_by"],
  ["/stats/daily?compare=Previous", 400, "bad-parameter", "compare"],
  ["/stats/daily?include=sessions,sessions", 400, "bad-parameter", "include"],
  ["/stats/daily?type=banana", 400, "bad-parameter", "type"],
  ["/stats/system?tenant_id=acme", 400, "bad-parameter", "tenant_id"],
  ["/sessions?q=", 400, "bad-parameter", "q"],
  ["/stats/daily?rank_by=tokens", 400, "bad-parameter", "rank_by"],
  ["/stats/daily?group_by=component&rank_by=tokens", 400, "bad-parameter", "rank_by"],
  ["/sessions?limit=501", 400, "bad-parameter", "limit"],
  ["/sessions?limit=0", 400, "bad-parameter", "limit"],
  ["/sessions?limit=1e2", 400, "bad-parameter", "limit"],
  ["/sessions?limit=%2B5", 400, "bad-parameter", "limit"],
  ["/sessions?limit=99999999999999999999999", 400, "bad-parameter", "limit"],
  ["/sessions?offset=-1", 400, "bad-parameter", "offset"],
  ["/sessions?offset=99999", 400, "offset-past-end", "offset"],
  ["/sessions?offset=9007199254740991", 400, "offset-past-end", "offset"],
  ["/stats/users?offset=4000", 400, "offset-past-end", "offset"],
  ["/jobs?offset=4000", 400, "offset-past-end", "offset"],
  ["/sessions?sort=colour", 400, "bad-parameter", "sort"],
  ["/sessions?order=up", 400, "bad-parameter", "order"],
  ["/sessions?status=failed", 400, "bad-parameter", "status"],
  ["/sessions?unpriced=yes", 400, "bad-parameter", "unpriced"],
  ["/sessions?min_cost=-1", 400, "bad-parameter", "min_cost"],
  ["/sessions?min_cost=1e3", 400, "bad-parameter", "min_cost"],
  ["/sessions?min_cost=0.0000000000001", 400, "bad-parameter", "min_cost"],
  ["/sessions?q=", 400, "bad-parameter", "q"],
  ["/sessions?q=a%00b", 400, "bad-parameter", "q"],
  ["/sessions?q=%FF", 400, "bad-parameter", "q"],
  [`/sessions?q=${"x".repeat(257)}`, 400, "bad-parameter", "q"],
  [`/sessions?q=${"x".repeat(5_000)}`, 400, "bad-request"],
  ["/export/interactions?format=xml", 400, "bad-parameter", "format"],
  ["/export/daily?group_by=component", 400, "bad-parameter", "group_by"],
  ["/stats/system?user_id=nobody", 404, "unknown-user"],
  ["/stats/users/nobody", 404, "unknown-user"],
  ["/sessions/nowhere", 404, "unknown-session"],
  ["/sessions/nowhere/interactions", 404, "unknown-session"],
  ["/interactions/nothing/cost", 404, "unknown-interaction"],
  ["/sessions/a%00b", 404, "not-found"],
  ["/interactions/a%0Ab/cost", 404, "not-found"],
  [`/sessions/${"x".repeat(257)}`, 404, "not-found"],
];

for (const [path, status, type, field] of refused) {
  test(`refused: ${path.slice(0, 90)}`, async () => {
    const answer = await suite.call(path, { key: suite.keys.admin });
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.json.type, `urn:tokentill:problem:${type}`, answer.text);
    assert.equal(answer.json.field, field, answer.text);
    assert.ok(answer.json.detail.length > 20 && answer.json.request_id.length > 8, answer.text);
  });
}

/** A path as it is written: `fetch` would tidy it up first. */
function raw(path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(suite.url);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => { text += chunk.toString(); }).on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    }).on("error", reject).end();
  });
}

test("no path leads out of the dashboard's files", async () => {
  for (const path of ["/app/../../../../etc/passwd", "/app/..%2f..%2f..%2fetc%2fpasswd", "/app/%2e%2e/%2e%2e/wrangler.toml", "/app/assets/../../../wrangler.toml", "/app/assets/..%5c..%5cwrangler.toml", "/contracts/..%2f..%2fpackage.json", "/contracts/%2e%2e/package.json", "//etc/passwd", "/app//etc/passwd"]) {
    const { status, text } = await raw(path);
    assert.ok(status < 500 && !/root:|database_id|"workspaces"/.test(text), `${path}: ${status} ${text.slice(0, 200)}`);
  }
});

test("a path that only looks like another Worker's reaches no guarded thing without a key", async () => {
  for (const path of ["/track/../admin/keys", "/pricing/..%2fadmin%2fkeys", "/app/../sessions", "/%61dmin/keys", "/sessions/%2e%2e/stats/system", "/stats/users/..%2f..%2fadmin"]) {
    const { status } = await raw(path);
    assert.ok([400, 401, 404, 405].includes(status), `${path}: ${status}`);
  }
});

test("a poll is answered 304 from a read of a few rows, until something moved", async () => {
  const path = `/stats/system?${range}`;
  const first = await suite.call(path);
  const tag = first.headers.get("etag")!;
  assert.match(first.headers.get("cache-control") ?? "", /no-cache/);
  const poll = (etag: string, more: Parameters<OpenSuite["call"]>[1] = {}, asked = path) => suite.call(asked, { ...more, headers: { "if-none-match": etag } });
  suite.logs.length = 0;
  const again = await poll(tag);
  assert.deepEqual([again.status, again.text], [304, ""]);
  const line = suite.logs.map((text) => JSON.parse(text)).find((entry) => entry.route === "getSystemStats");
  assert.ok(line.rows_read <= 8, JSON.stringify(line));
  // Another query and another caller have tags of their own.
  assert.equal((await poll(tag, {}, `${path}&compare=previous`)).status, 200);
  assert.equal((await poll(tag, { key: suite.keys.admin })).status, 200);
  const { json } = await suite.call("/track/interaction", { body: chat("late", 2), key: suite.keys.ingest });
  assert.equal(json.status, "accepted");
  const moved = await poll(tag);
  assert.equal(moved.status, 200);
  assert.equal(moved.json.total.interaction_count, first.json.total.interaction_count + 1);
  assert.notEqual(moved.headers.get("etag"), tag);
});

/** RFC 4180, comments of a preamble left out. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.replaceAll(/"(?:[^"]|"")*"/gs, (quoted) => quoted.replaceAll(",", "\u0001").replaceAll("\r\n", "\u0002")).split("\r\n")) {
    if (line === "" || /^"?# /.test(line)) continue;
    rows.push(line.split(",").map((cell) => {
      const plain = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
      return plain.replaceAll("\u0001", ",").replaceAll("\u0002", "\r\n");
    }));
  }
  return rows;
}
