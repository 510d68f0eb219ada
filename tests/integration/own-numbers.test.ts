// A key of scope `self`: one user's own numbers, on every endpoint, whatever is asked.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { NewKey } from "../../scripts/suite/api-keys.ts";
import { openSuite, type OpenSuite } from "./open-suite.ts";

let suite: OpenSuite;
let own: NewKey;
const hourMs = 3_600_000;
const now = Date.now();
const day = (ago: number): string => new Date(now - ago * 24 * hourMs).toISOString().slice(0, 10);
const range = `start_date=${day(40)}&end_date=${day(0)}`;

function chat(id: string, user: string, session: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const hours = 24 * (1 + id.length % 7) + Number(id.replaceAll(/\D/g, "") || 0);
  return {
    id, type: "chat", session_id: session, user_id: user, timestamp: new Date(now - hours * hourMs).toISOString(), duration_ms: 900,
    provider: "openAI", model_name: "gpt-5-mini", agent: "helper", usage_convention: "disjoint", usage: { input: 1_000, output: 500 }, ...changes,
  };
}

before(async () => {
  suite = await openSuite();
  own = await suite.addKey(["self"], "ada");
  const events = [
    chat("a1", "ada", "ada-1"), chat("a2", "ada", "ada-1"), chat("a3", "ada", "ada-2", { model_name: "gpt-5" }),
    chat("b1", "bob", "bob-1"), chat("b2", "bob", "bob-secret", { model_name: "bobs-model", agent: "bobs-agent", status: "error", error: "timeout", usage: {} }),
    chat("b3", "bob", "bob-1", { usage: { input: 900_000, output: 90_000 } }),
    // Ada's by its earliest event; bob's numbers are in it too.
    chat("m9", "ada", "of-both"), chat("m2", "bob", "of-both", { usage: { input: 77_777, output: 7 } }),
    // Of the same name, under a tenant: somebody else.
    chat("t1", "ada", "acme-1", { tenant_id: "acme" }),
  ];
  const { json } = await suite.call("/track/batch", { body: { events }, key: suite.keys.backfill });
  assert.deepEqual(json.results.map((result: { status: string }) => result.status), events.map(() => "accepted"));
});
after(() => suite.stop());

const asAda = (path: string) => suite.call(path, { key: own });

/** What belongs to the ledger as a whole, or to the key that asks. */
function withoutStamp(answer: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(answer, (name, value: unknown) => (name === "rank_90d" ? undefined : value)));
}

for (const path of ["/stats/system", "/stats/daily", "/stats/users", "/stats/models", "/stats/agents"]) {
  for (const more of ["", "&compare=previous&include=sessions", ...(path === "/stats/daily" ? ["&group_by=user", "&group_by=model&compare=previous", "&group_by=agent"] : [])]) {
    test(`${path}?${more} is what an admin sees of that user alone`, async () => {
      const answer = await asAda(`${path}?${range}${more}`);
      assert.equal(answer.status, 200);
      const filtered = await suite.call(`${path}?${range}${more}&user_id=ada`);
      assert.deepEqual(withoutStamp(answer.json), withoutStamp(filtered.json));
      assert.ok(!/bob|acme|77777/.test(answer.text), answer.text);
      assert.equal(answer.json.total.interaction_count, 4);
    });
  }
}

test("ranks are among one's own, so that nobody learns who comes before whom", async () => {
  const { json } = await asAda(`/stats/users?${range}`);
  assert.deepEqual(json.items.map((item: { rank_90d: number }) => item.rank_90d), [1]);
  const models = await asAda(`/stats/models?${range}`);
  assert.deepEqual(models.json.items.map((item: { rank_90d: number }) => item.rank_90d).toSorted(), [1, 2]);
});

test("asking for another user, or the same name under a tenant, is refused", async () => {
  for (const path of ["/stats/users/bob", "/stats/users/ada?tenant_id=acme", "/stats/system?user_id=bob", "/stats/daily?user_id=ada&tenant_id=acme", "/stats/users?user_id=bob", "/sessions?user_id=bob", "/export/interactions?user_id=bob", "/export/focus?user_id=bob", "/export/sessions?user_id=bob"]) {
    assert.equal((await asAda(path)).status, 403, path);
  }
  assert.equal((await asAda(`/stats/users/ada?${range}`)).json.total.interaction_count, 4);
});

test("sessions are one's own; one that others used too is nobody's own", async () => {
  const { json } = await asAda("/sessions?include=total");
  assert.deepEqual(json.items.map((session: { id: string }) => session.id).toSorted(), ["ada-1", "ada-2"]);
  assert.equal(json.total.interaction_count, 3);
  for (const search of ["bob", "bob-1", "b1", "m2", "of-both", "acme"]) {
    assert.equal((await asAda(`/sessions?q=${search}`)).json.total_count, 0, search);
  }
  assert.equal((await asAda("/sessions/ada-1")).status, 200);
  for (const session of ["bob-1", "bob-secret", "of-both", "acme-1", "nowhere"]) {
    const detail = await asAda(`/sessions/${session}`);
    assert.equal(detail.status, 404, session);
    assert.equal((await asAda(`/sessions/${session}/interactions`)).status, 404, session);
  }
  const outlier = (await asAda("/sessions/ada-1")).json.outlier;
  assert.equal(outlier.session_count, 2, "the median is of one's own sessions up to this one");
});

test("a receipt is one's own, without the others' costs of a shared session", async () => {
  const receipt = await asAda("/interactions/m9/cost");
  assert.equal(receipt.status, 200);
  assert.equal(receipt.json.interaction.cumulative_cost, receipt.json.interaction.total_cost);
  for (const id of ["b1", "m2", "t1", "nothing"]) assert.equal((await asAda(`/interactions/${id}/cost`)).status, 404, id);
});

test("an unknown id and another's id are refused in the same words", async () => {
  const words = async (path: string, id: string): Promise<string> => (await asAda(path)).json.detail.replace(id, "ID");
  assert.equal(await words("/sessions/bob-1", "bob-1"), await words("/sessions/nowhere", "nowhere"));
  assert.equal(await words("/interactions/b1/cost", "b1"), await words("/interactions/none/cost", "none"));
});

test("exports hold one's own lines", async () => {
  for (const [path, lines] of [["interactions", 4], ["sessions", 2], ["daily", undefined], ["daily?group_by=user", undefined], ["focus", undefined]] as const) {
    const { status, text } = await asAda(`/export/${path}${path.includes("?") ? "&" : "?"}${range}`);
    assert.equal(status, 200, path);
    assert.ok(!/bob|acme|77777|900000/.test(text), `${path}: ${text}`);
    if (lines !== undefined) assert.equal(text.trim().split("\r\n").length, lines + 1, path);
  }
});

test("what is about the whole ledger is not for one user", async () => {
  for (const path of ["/integrity", "/jobs", "/admin/keys", "/admin/rejections", "/pricing/unpriced", "/pricing/quarantine"]) {
    assert.equal((await asAda(path)).status, 403, path);
  }
});

test("the watermark and who I am say nothing of others", async () => {
  const { json } = await asAda("/watermark");
  assert.deepEqual(Object.keys(json).toSorted(), ["as_of", "first_day", "ledger_epoch", "ledger_version", "price_book_version", "reporting_hour", "reporting_time_zone", "today"]);
  assert.equal(json.first_day, null, "when others began");
  const me = await asAda("/auth/me");
  assert.deepEqual([me.json.scopes, me.json.user_id], [["self"], "ada"]);
});

test("a key of a user without any event sees an empty ledger, not an error", async () => {
  const nobody = await suite.addKey(["self"], "carol");
  for (const path of [`/stats/system?${range}`, `/stats/daily?${range}&group_by=model`, `/stats/users?${range}`, "/sessions", `/export/interactions?${range}`]) {
    const { status, text } = await suite.call(path, { key: nobody });
    assert.equal(status, 200, path);
    assert.ok(!/bob|ada/.test(text), text);
  }
  assert.equal((await suite.call("/stats/users/carol", { key: nobody })).status, 404);
});
