// What is read of LibreChat's database: rows of transactions in their order, and for each lot of them what other
// collections know. No text of a message is asked for.
import type { Db, ObjectId } from "mongodb";
import type { Surroundings } from "./call-to-interaction.ts";
import { type Call, TOGETHER_MS, type Transaction } from "./pair-transactions.ts";

/** Calls whose first row has an id from `from` on (all without it) and before `before`. */
export interface Range {
  from: ObjectId | undefined;
  before: ObjectId;
}

/** Which of the calls are the range's: those around it belong to others. */
export function isWithin(call: Call, { from, before }: Range): boolean {
  return (from === undefined || call.id >= from.toHexString()) && call.id < before.toHexString();
}

const rowFields = ["user", "tenantId", "conversationId", "messageId", "tokenType", "model", "context", "rawAmount", "tokenValue", "inputTokens", "writeTokens", "readTokens", "createdAt"];

/** Rows of the range, and those around it that may be parts of its calls. */
function filterOf({ from, before }: Range): Record<string, unknown> {
  return { _id: { ...(from !== undefined && { $gte: shifted(from, -TOGETHER_MS) }), $lt: shifted(before, TOGETHER_MS + 1_000) }, tokenType: { $in: ["prompt", "completion"] } };
}

function shifted(id: ObjectId, ms: number): ObjectId {
  const seconds = Math.max(0, Math.floor((id.getTimestamp().getTime() + ms) / 1000));
  return (id.constructor as typeof ObjectId).createFromTime(seconds);
}

export function countRows(database: Db, range: Range): Promise<number> {
  return database.collection("transactions").countDocuments(filterOf(range));
}

/** Rows in lots, oldest first. */
export async function* readRows(database: Db, range: Range, lot: number): AsyncGenerator<Transaction[]> {
  const projection = Object.fromEntries(rowFields.map((name) => [name, 1]));
  const cursor = database.collection("transactions").find(filterOf(range), { projection, sort: { _id: 1 }, batchSize: lot });
  try {
    let rows: Transaction[] = [];
    for await (const row of cursor) {
      rows.push(row as unknown as Transaction);
      if (rows.length < lot) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  } finally {
    await cursor.close();
  }
}

interface AgentRow {
  id: string;
  name?: string;
  provider?: string;
  model?: string;
}

/** What stands around each of the calls. */
export async function surroundingsOf(database: Db, calls: readonly Call[]): Promise<Surroundings[]> {
  const rows = calls.map(({ prompt, completion }) => (prompt ?? completion)!);
  const messages = await byField(database, "messages", "messageId", rows.map(({ messageId }) => messageId), ["endpoint", "model", "error", "content.type"]);
  const conversations = await byField(database, "conversations", "conversationId", rows.map(({ conversationId }) => conversationId), ["endpoint", "agent_id"]);
  const users = await byField(database, "users", "_id", rows.map(({ user }) => user), ["name", "username"]);
  const agentIds = rows.map((row) => agentIdOf(row, messages, conversations));
  const agents = await byField(database, "agents", "id", agentIds, ["name", "provider", "model"]);
  return rows.map((row, index) => {
    const message = messages.get(String(row.messageId));
    const conversation = conversations.get(String(row.conversationId));
    const user = users.get(String(row.user));
    const agentId = agentIds[index];
    const agent = agentId === undefined ? undefined : ((agents.get(agentId) as AgentRow | undefined) ?? { id: agentId });
    return {
      message: message && { ...text("endpoint", message["endpoint"]), ...text("model", message["model"]), isFailed: isFailed(message) },
      conversation: conversation && text("endpoint", conversation["endpoint"]),
      agent,
      userLabel: [user?.["name"], user?.["username"]].find((name): name is string => typeof name === "string" && name !== ""),
    };
  });
}

/** A saved agent's id; those that LibreChat makes for one conversation are none. */
function agentIdOf(row: Transaction, messages: Found, conversations: Found): string | undefined {
  const candidates = [row.model, messages.get(String(row.messageId))?.["model"], conversations.get(String(row.conversationId))?.["agent_id"]];
  return candidates.find((id): id is string => typeof id === "string" && id.startsWith("agent_"));
}

/** A failure is told by a part of the message's content alone. */
function isFailed(message: Record<string, unknown>): boolean {
  const content = message["content"];
  return message["error"] === true || (Array.isArray(content) && content.some((part: { type?: unknown } | null) => part?.type === "error"));
}

type Found = Map<string, Record<string, unknown>>;

async function byField(database: Db, collection: string, field: string, values: readonly unknown[], fields: readonly string[]): Promise<Found> {
  const wanted = [...new Map(values.filter((value) => value !== undefined && value !== null).map((value) => [String(value), value])).values()];
  if (wanted.length === 0) return new Map();
  const projection = Object.fromEntries([field, ...fields].map((name) => [name, 1]));
  const documents = await database.collection(collection).find({ [field]: { $in: wanted } } as never, { projection }).toArray();
  return new Map(documents.map((document) => [String(document[field]), document as Record<string, unknown>]));
}

function text<K extends string>(name: K, value: unknown): { [name in K]?: string } {
  return typeof value === "string" && value !== "" ? ({ [name]: value } as { [name in K]?: string }) : {};
}
