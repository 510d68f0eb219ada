// Rows of LibreChat's transactions as calls: each row in one call, however the history is cut.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ObjectId } from "mongodb";
import { interactionOf, type Surroundings } from "../src/backfill/call-to-interaction.ts";
import { type Call, type Transaction, TransactionPairs } from "../src/backfill/pair-transactions.ts";
import { isWithin } from "../src/backfill/read-librechat.ts";

/** Chance that is the same in each run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let sequence = 0;
function row(second: number, changes: Partial<Transaction>): Transaction {
  const hex = second.toString(16).padStart(8, "0") + (sequence++).toString(16).padStart(16, "0");
  return { _id: new ObjectId(hex), user: "u", conversationId: "c", messageId: "m", tokenType: "prompt", model: "gpt-5-mini", context: "message", rawAmount: -10, ...changes };
}

function historyOf(seed: number): Transaction[] {
  const random = chance(seed);
  const rows: Transaction[] = [];
  let second = 1_790_000_000;
  for (let call = 0; call < 120; call++) {
    second += Math.floor(random() ** 4 * 900);
    const same = { messageId: `m${Math.floor(random() * 6)}`, context: random() < 0.2 ? "title" : "message" };
    const fate = random();
    if (fate < 0.9) rows.push(row(second, same));
    if (fate > 0.1) rows.push(row(second + Math.floor(random() ** 6 * 1_200), { ...same, tokenType: "completion" }));
  }
  return rows.toSorted((a, b) => (a._id.toString() < b._id.toString() ? -1 : 1));
}

function callsOf(rows: readonly Transaction[], lot: number): Call[] {
  const pairs = new TransactionPairs();
  const calls: Call[] = [];
  for (let start = 0; start < rows.length; start += lot) calls.push(...pairs.add(rows.slice(start, start + lot)));
  return [...calls, ...pairs.expire(Number.POSITIVE_INFINITY)].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const idAt = (second: number): ObjectId => ObjectId.createFromTime(second);
const told = (calls: readonly Call[]): string[] => calls.map(({ id, prompt, completion }) => `${id} ${String(prompt?._id)} ${String(completion?._id)}`);

test("every row is in one call, and a call's rows belong together", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const rows = historyOf(seed);
    const calls = callsOf(rows, 7);
    const used = calls.flatMap(({ prompt, completion }) => [prompt, completion]).filter((each) => each !== undefined);
    assert.deepEqual(used.map(({ _id }) => _id.toString()).toSorted(), rows.map(({ _id }) => _id.toString()).toSorted());
    for (const { prompt, completion } of calls) {
      if (prompt === undefined || completion === undefined) continue;
      assert.deepEqual([prompt.messageId, prompt.context], [completion.messageId, completion.context]);
      assert.ok(prompt._id.toString() < completion._id.toString());
    }
  }
});

test("however a history is cut into ranges and lots, its calls are the same", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const rows = historyOf(seed);
    const random = chance(seed + 1_000);
    const first = rows[0]!._id.getTimestamp().getTime() / 1000;
    const last = rows.at(-1)!._id.getTimestamp().getTime() / 1000 + 1;
    const cuts = [first, ...Array.from({ length: 4 }, () => Math.floor(first + random() * (last - first))), last].toSorted((a, b) => a - b);
    const calls: Call[] = [];
    for (let index = 0; index + 1 < cuts.length; index++) {
      const range = { from: idAt(cuts[index]!), before: idAt(cuts[index + 1]!) };
      // As the reader does: ten minutes more on both sides.
      const [low, high] = [idAt(cuts[index]! - 600).toHexString(), idAt(cuts[index + 1]! + 601).toHexString()];
      const read = rows.filter(({ _id }) => _id.toString() >= low && _id.toString() < high);
      calls.push(...callsOf(read, 1 + Math.floor(random() * 20)).filter((call) => isWithin(call, range)));
    }
    assert.deepEqual(told(calls), told(callsOf(rows, 1_000)), `seed ${seed}`);
  }
});

const nothing: Surroundings = { message: undefined, conversation: undefined, agent: undefined, userLabel: undefined };
const estimatedOf = (interaction: ReturnType<typeof interactionOf>): unknown => interaction.metadata!["estimated"];

test("a structured prompt's parts stay apart, and caches live as LibreChat wrote them at the time", () => {
  const call = (at: string): Call => {
    const second = Date.parse(at) / 1000;
    const prompt = row(second, { rawAmount: -3_450, inputTokens: -50, writeTokens: -400, readTokens: -3_000, tokenValue: -1_000.5, createdAt: new Date(at), model: "claude-sonnet-4-5" });
    const completion = row(second, { tokenType: "completion", rawAmount: -77, tokenValue: -99, createdAt: new Date(at), model: "claude-sonnet-4-5" });
    return { id: prompt._id.toString(), prompt, completion };
  };
  const around: Surroundings = { ...nothing, message: { endpoint: "anthropic", isFailed: false } };
  const late = interactionOf(call("2026-09-01T10:00:00Z"), around);
  assert.deepEqual(late.usage, { input: 50, cache_read: 3_000, cache_write_1h: 400, output: 77 });
  assert.deepEqual([late.provider, estimatedOf(late), late.metadata!["librechat_token_value"]], ["anthropic", ["cache_lifetime"], 1_099.5]);
  const early = interactionOf(call("2026-05-01T10:00:00Z"), around);
  assert.deepEqual(early.usage, { input: 50, cache_read: 3_000, cache_write_5m: 400, output: 77 });
  assert.deepEqual(estimatedOf(early), ["anthropic_cache_counted_twice", "cache_lifetime"]);
});

test("a failed call is no success, an agent is no model, a custom endpoint is not OpenAI, and nobody's provider is guessed", () => {
  const prompt = row(1_790_000_000, { rawAmount: -5, tokenValue: -30 });
  const completion = row(1_790_000_000, { tokenType: "completion", rawAmount: -4, tokenValue: -24 });
  const call: Call = { id: prompt._id.toString(), prompt, completion };
  const failed = interactionOf(call, { ...nothing, message: { endpoint: "openAI", isFailed: true } });
  assert.deepEqual([failed.status, failed.usage, failed.units, estimatedOf(failed)], ["error", {}, { calls: { "unreported_usage:failed_call": 1 } }, ["failed_call"]]);
  const byAgent: Call = { ...call, prompt: { ...prompt, model: "agent_7" }, completion: { ...completion, model: "agent_7" } };
  const agents = interactionOf(byAgent, { ...nothing, message: { endpoint: "agents", isFailed: false }, agent: { id: "agent_7", name: "Lawyer", provider: "anthropic", model: "claude-sonnet-4-5" } });
  assert.deepEqual([agents.model_name, agents.provider, agents.agent, agents.agent_name, estimatedOf(agents)], ["claude-sonnet-4-5", "anthropic", "agent_7", "Lawyer", ["agents_model_of_today"]]);
  const custom = interactionOf(call, { ...nothing, conversation: { endpoint: "Ollama" } });
  assert.deepEqual([custom.provider, custom.endpoint], ["openAI", "Ollama"]);
  const orphan = interactionOf(call, nothing);
  assert.deepEqual([orphan.provider, estimatedOf(orphan)], [undefined, ["provider_unknown"]]);
  assert.deepEqual(estimatedOf(interactionOf({ ...call, completion: undefined }, { ...nothing, message: { endpoint: "openAI", isFailed: false } })), ["completion_missing"]);
});
