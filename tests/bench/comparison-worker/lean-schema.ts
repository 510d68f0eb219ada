// The tables of the lean Worker.
/** One statement each; prices are those of the ledger. */
export const schema = [
  "CREATE TABLE lean_interactions (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, user_id TEXT NOT NULL, time INTEGER NOT NULL, type TEXT NOT NULL, duration_ms INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, agent TEXT NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL)",
  "CREATE TABLE lean_costs (id TEXT PRIMARY KEY, cost REAL NOT NULL)",
  "CREATE TABLE lean_sessions (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL, count INTEGER NOT NULL, cost REAL NOT NULL)",
  "CREATE TABLE lean_days (day TEXT NOT NULL, user_id TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, count INTEGER NOT NULL, tokens INTEGER NOT NULL, cost REAL NOT NULL, PRIMARY KEY (day, user_id, provider, model))",
  "CREATE TABLE lean_users (id TEXT PRIMARY KEY, last_seen INTEGER NOT NULL)",
];
