// API keys: a public id and a secret, of which the database keeps the SHA-256 only.
import { createHash, randomBytes } from "node:crypto";

export const scopes = ["ingest", "backfill", "read", "self", "admin"] as const;
export type Scope = (typeof scopes)[number];

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

/** The statement that stores a key, with its one parameter. */
export function storeKeyStatement(key: NewKey, createdAtMs: number): { sql: string; parameter: string } {
  return {
    sql: `
INSERT INTO api_keys (id, key_hash, name, scopes, user_id, created_at)
SELECT ?1->>'id', ?1->>'key_hash', ?1->>'name', ?1->>'scopes', ?1->>'user_id', ?1->>'created_at'`,
    parameter: JSON.stringify({
      id: key.id,
      key_hash: createHash("sha256").update(key.secret).digest("hex"),
      name: key.name,
      scopes: key.scopes.join(" "),
      user_id: key.userId ?? null,
      created_at: createdAtMs,
    }),
  };
}
