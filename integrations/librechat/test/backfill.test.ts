// The backfill as a program: LibreChat's collections on a server that speaks MongoDB's protocol, the real
// Workers, runs that are killed and go on.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Db, MongoClient, ObjectId } from "mongodb";
import { openSuite, type OpenSuite } from "../../../tests/integration/open-suite.ts";
import { FaultyProxy } from "./faulty-proxy.ts";
import { type MongoServer, startMongo } from "./mongo-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let mongo: MongoServer | string;
let suite: OpenSuite;
before(async () => {
  [mongo, suite] = await Promise.all([startMongo(), openSuite()]);
});
after(async () => {
  if (typeof mongo !== "string") mongo.stop();
  await suite?.stop();
});

const startSecond = Date.parse("2026-09-01T00:00:00Z") / 1000;
const callCount = 1_500;
const users = [new ObjectId(), new ObjectId(), new ObjectId()];

interface Expected {
  input: number;
  cached: number;
  output: number;
  isFailed: boolean;
}

/** What LibreChat would have written; answers with the calls by the id that they are to have. */
async function writeHistory(database: Db): Promise<Map<string, Expected>> {
  const expected = new Map<string, Expected>();
  const rows: Record<string, unknown>[] = [];
  const messages: Record<string, unknown>[] = [];
  let sequence = 0;
  const idAt = (second: number): ObjectId => new ObjectId(second.toString(16) + (sequence++).toString(16).padStart(16, "0"));
  for (let call = 0; call < callCount; call++) {
    const second = startSecond + call * 600;
    const isFailed = call % 50 === 7;
    const isAgents = call % 10 === 3;
    const same = {
      user: users[call % 3], conversationId: `conversation-${call % 40}`, messageId: `message-${call}`, context: call % 5 === 4 ? "title" : "message",
      model: isAgents ? "agent_law" : "gpt-5-mini", createdAt: new Date(second * 1000), updatedAt: new Date(second * 1000),
    };
    const prompt = idAt(second);
    const input = 1_000 + call;
    rows.push(
      call % 2 === 0
        ? { _id: prompt, ...same, tokenType: "prompt", rawAmount: -input, tokenValue: -input * 0.25, rate: 0.25 }
        : { _id: prompt, ...same, tokenType: "prompt", rawAmount: -(input + 200), inputTokens: -input, writeTokens: 0, readTokens: -200, tokenValue: -input * 0.25 },
      { _id: idAt(second), ...same, tokenType: "completion", rawAmount: -500, tokenValue: -1_000, rate: 2 },
    );
    messages.push({ messageId: same.messageId, conversationId: same.conversationId, endpoint: isAgents ? "agents" : "openAI", model: same.model, error: false, text: "CANARY", content: isFailed ? [{ type: "error", error: "CANARY" }] : [{ type: "text", text: "CANARY" }] });
    expected.set(`tx:${prompt.toHexString()}`, isFailed ? { input: 0, cached: 0, output: 0, isFailed } : { input, cached: call % 2 === 0 ? 0 : 200, output: 500, isFailed });
  }
  rows.push({ _id: idAt(startSecond + 1), user: users[0], tokenType: "credits", context: "autoRefill", rawAmount: 10_000 });
  // After the moment from which the exporter reports.
  rows.push({ _id: idAt(startSecond + callCount * 600 + 86_400), user: users[0], messageId: "later", tokenType: "prompt", model: "gpt-5-mini", rawAmount: -1 });
  await database.collection("transactions").insertMany(rows as never);
  await database.collection("messages").insertMany(messages as never);
  await database.collection("users").insertMany(users.map((_id, index) => ({ _id, name: `Person ${index}`, email: "CANARY" })) as never);
  await database.collection("agents").insertOne({ id: "agent_law", name: "Lawyer", provider: "openAI", model: "gpt-5-mini", instructions: "CANARY" } as never);
  return expected;
}

interface Run {
  child: ChildProcess;
  ended: Promise<number | null>;
  out(): string;
  error(): string;
}

function run(args: readonly string[], environment: Record<string, string>): Run {
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "src", "command-line.ts"), "backfill", ...args], { env: { ...process.env, ...environment } });
  let [out, error] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (out += part.toString()));
  child.stderr.on("data", (part: Buffer) => (error += part.toString()));
  return { child, ended: new Promise((resolve) => child.once("exit", resolve)), out: () => out, error: () => error };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("LibreChat's history comes in once, with its names and its gaps told, though runs are killed and the way is bad", async (context) => {
  if (typeof mongo === "string") return context.skip(mongo);
  const client = await new MongoClient(mongo.url).connect();
  context.after(() => client.close());
  const expected = await writeHistory(client.db("LibreChat"));
  const folder = temporaryFolder(context);
  const state = join(folder, "state.json");
  const proxy = new FaultyProxy(suite.url, 50);
  await proxy.start();
  context.after(() => proxy.stop());
  const before = new Date((startSecond + callCount * 600) * 1000).toISOString();
  const args = ["--before", before, "--state", state, "--json"];
  const environment = { MONGO_URI: mongo.url, TOKENTILL_URL: proxy.url, TOKENTILL_KEY: `${suite.keys.backfill.id}:${suite.keys.backfill.secret}` };

  const dry = run([...args, "--dry-run"], environment);
  assert.equal(await dry.ended, 0, dry.error());
  const seen = JSON.parse(dry.out()) as { calls: number; months: { calls: number; month: string }[]; estimated: Record<string, number> };
  assert.equal(seen.calls, callCount);
  assert.deepEqual(seen.months.map(({ month }) => month), ["2026-09"]);
  assert.deepEqual(seen.estimated, { agents_model_of_today: 150, failed_call: 30, title_without_cache: 300 });
  assert.equal(proxy.arrivedAtMs.length, 0);
  assert.ok(!existsSync(state));

  // Killed after its first lot, met by errors, killed again, then to its end.
  proxy.fault = "slow";
  const killed = run(args, environment);
  while (!existsSync(state) && killed.child.exitCode === null) await pause(2);
  killed.child.kill("SIGKILL");
  await killed.ended;
  const cursor = (JSON.parse(readFileSync(state, "utf8")) as { cursor: string }).cursor;
  assert.ok(ObjectId.isValid(cursor));
  proxy.fault = "answer lost";
  const met = run(args, environment);
  while (!met.error().includes("does not take events")) {
    assert.equal(met.child.exitCode, null, met.error());
    await pause(10);
  }
  met.child.kill("SIGINT");
  assert.equal(await met.ended, 130, met.error());
  proxy.fault = "none";
  const whole = run(args, environment);
  assert.equal(await whole.ended, 0, whole.error());
  assert.match(whole.error(), new RegExp(`Goes on at ${cursor}`));

  const rows = await suite.rows<{ id: string; input: number; cached: number; output: number; status: string; label: string; agent: string | null }>(
    `SELECT i.id, i.input_tokens AS input, i.cache_read_tokens AS cached, i.output_tokens AS output, i.status, u.label, i.agent FROM interactions i JOIN users u USING (user_key) ORDER BY i.id`,
  );
  assert.equal(rows.length, callCount);
  for (const { id, input, cached, output, status, label } of rows) {
    const { isFailed, ...tokens } = expected.get(id)!;
    assert.deepEqual({ input, cached, output }, tokens, id);
    assert.equal(status === "error", isFailed, `${id} ${status}`);
    assert.match(label, /^Person \d$/);
  }
  assert.equal(rows.filter(({ agent }) => agent === "agent_law").length, 150);
  // gpt-5-mini of that day: $0.25, $0.025 of the cache, $2 a million; what a failure cost is unknown, and not zero.
  const costs = await suite.rows<{ id: string; cost: string | null }>("SELECT i.id, CAST(c.total_cost AS TEXT) AS cost FROM interactions i JOIN cost_estimates c USING (interaction_key)");
  for (const { id, cost } of costs) {
    const { input, isFailed, cached } = expected.get(id)!;
    assert.equal(cost, isFailed ? null : String(input * 250_000 + cached * 25_000 + 500 * 2_000_000), id);
  }
  const dump = JSON.stringify(await suite.rows("SELECT * FROM interactions"));
  assert.doesNotMatch(dump, /CANARY/);

  // Anew from the beginning, in two ranges: everything is known already.
  const middle = new Date((startSecond + 300 * 600 + 7) * 1000).toISOString();
  for (const [index, bounds] of [["--before", middle], ["--after", middle, "--before", before]].entries()) {
    const again = run([...bounds, "--state", join(folder, `again-${index}.json`), "--json"], environment);
    assert.equal(await again.ended, 0, again.error());
    const { answers, calls } = JSON.parse(again.out()) as { calls: number; answers: Record<string, number> };
    assert.deepEqual(answers, { accepted: 0, duplicate: calls, conflict: 0, rejected: 0, queued: 0 });
  }
});

test("what the command lacks is said with its remedy", async () => {
  for (const [args, environment, said] of [
    [[], {}, /--before is missing: give a moment/],
    [["--before", "soon"], {}, /--before is `soon`/],
    [["--before", new Date().toISOString()], { MONGO_URI: "mongodb://x" }, /less than ten minutes ago/],
    [["--before", "2026-01-01T00:00:00Z"], { MONGO_URI: "" }, /name LibreChat's with --mongo or MONGO_URI/],
    [["--before", "2026-01-01T00:00:00Z"], { MONGO_URI: "mongodb://127.0.0.1:9", TOKENTILL_URL: "" }, /name its address with TOKENTILL_URL/],
    [["--before", "2026-01-01T00:00:00Z"], { MONGO_URI: "mongodb://127.0.0.1:9", TOKENTILL_URL: "https://a.example", TOKENTILL_KEY: "" }, /key is missing/],
  ] as [string[], Record<string, string>, RegExp][]) {
    const command = run(args, environment);
    assert.equal(await command.ended, 2);
    assert.match(command.error(), said);
  }
});
