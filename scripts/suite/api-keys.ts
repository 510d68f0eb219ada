// API keys: a public id and a secret, of which the database keeps the SHA-256 only.
import { createHash, randomBytes } from "node:crypto";
import type { Database } from "./database.ts";

export const scopes = ["ingest", "backfill", "read", "self", "widget", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** Who made a key that no other key made: whoever may write into the database file, or into D1 by wrangler. */
export const machineActor = "machine";

const insertKey = `
INSERT INTO api_keys (id, key_hash, name, scopes, user_id, created_at)
SELECT ?1->>'id', ?1->>'key_hash', ?1->>'name', ?1->>'scopes', ?1->>'user_id', ?1->>'created_at'`;

const insertAudit = `
INSERT INTO admin_audit (at, actor, action, subject, detail)
SELECT ?1->>'created_at', ?1->>'actor', 'key.create', ?1->>'id', ?1->>'detail'`;

export interface NewKey {
  id: string;
  secret: string;
  name: string;
  scopes: readonly Scope[];
  /** The one user whose numbers a key of scope `self` may read. */
  userId?: string;
}

export function newKey(name: string, keyScopes: readonly Scope[], userId?: string): NewKey {
  return {
    id: `pk-tt-${randomBytes(12).toString("hex")}`,
    secret: `sk-tt-${randomBytes(32).toString("hex")}`,
    name,
    scopes: keyScopes,
    ...(userId !== undefined && { userId }),
  };
}

/** The statements that store a key and record in the audit log that this machine made it; each takes the
 * one parameter, and they belong into one transaction. */
export function storeKeyStatements(key: NewKey, createdAtMs: number): { sql: string[]; parameter: string } {
  const scopes = key.scopes.join(" ");
  return {
    // The entry first: a trigger writes one for a key that has none.
    sql: [insertAudit, insertKey],
    parameter: JSON.stringify({
      id: key.id,
      key_hash: createHash("sha256").update(key.secret).digest("hex"),
      name: key.name,
      scopes,
      user_id: key.userId ?? null,
      created_at: createdAtMs,
      actor: machineActor,
      detail: JSON.stringify({ name: key.name, scopes, user_id: key.userId ?? null, expires_at: null }),
    }),
  };
}

/** Stores a key with its audit entry. */
export async function storeKey(database: Database, key: NewKey): Promise<void> {
  const { sql, parameter } = storeKeyStatements(key, Date.now());
  await database.batch(sql.map((text) => database.prepare(text).bind(parameter)));
}
