// LibreChat writes a call of a model as two rows: the prompt's and the completion's. They share user,
// conversation, message, model and context, and follow each other. Which price a completion has may depend on
// its prompt's length, so the two become one call again.
//
// What comes out depends on the rows alone, wherever reading begins and ends: who reads ten minutes more on both
// sides and takes the calls whose first row is in the range finds each call once, however the history is cut.

/** A row of `transactions`, as far as it is read. */
export interface Transaction {
  _id: { toString(): string; getTimestamp(): Date };
  user?: unknown;
  tenantId?: string;
  conversationId?: string;
  messageId?: string;
  tokenType: string;
  model?: string;
  context?: string;
  rawAmount?: number;
  tokenValue?: number;
  inputTokens?: number;
  writeTokens?: number;
  readTokens?: number;
  createdAt?: Date;
}

export interface Call {
  /** The first of its rows. */
  id: string;
  prompt: Transaction | undefined;
  completion: Transaction | undefined;
}

/** A completion later than this belongs to no prompt. */
export const TOGETHER_MS = 10 * 60_000;

export class TransactionPairs {
  private readonly open = new Map<string, Transaction>();

  /** Takes rows in the order of their ids; answers with the calls that are whole. */
  add(rows: readonly Transaction[]): Call[] {
    const calls: Call[] = [];
    for (const row of rows) {
      const nowMs = timeOf(row);
      for (const call of this.expire(nowMs)) calls.push(call);
      const key = keyOf(row);
      const prompt = this.open.get(key);
      if (row.tokenType === "prompt") {
        if (prompt !== undefined) calls.push(alone(prompt));
        // Anew at the map's end: its order is that of the rows.
        this.open.delete(key);
        this.open.set(key, row);
      } else if (prompt !== undefined) {
        this.open.delete(key);
        calls.push({ id: prompt._id.toString(), prompt, completion: row });
      } else {
        calls.push(alone(row));
      }
    }
    return calls;
  }

  /** Prompts whose completion can't come any more. */
  expire(nowMs: number): Call[] {
    const calls: Call[] = [];
    for (const [key, row] of this.open) {
      if (nowMs - timeOf(row) <= TOGETHER_MS) break;
      this.open.delete(key);
      calls.push(alone(row));
    }
    return calls;
  }

  /** The oldest row that waits: a resumed run begins with it. */
  get oldestOpen(): Transaction | undefined {
    return this.open.values().next().value;
  }
}

export function timeOf(row: Transaction): number {
  // By the id, whose order is the order of reading.
  return row._id.getTimestamp().getTime();
}

function alone(row: Transaction): Call {
  return { id: row._id.toString(), prompt: row.tokenType === "prompt" ? row : undefined, completion: row.tokenType === "prompt" ? undefined : row };
}

function keyOf({ user, conversationId, messageId, model, context }: Transaction): string {
  return JSON.stringify([String(user), conversationId, messageId, model, context]);
}
