-- Who may do what, what ran, and what an admin changed.

CREATE TABLE api_keys (
  -- The public half; safe to log.
  id         TEXT    PRIMARY KEY,
  -- SHA-256 of the secret half, hex. The secret itself is shown once and never stored.
  key_hash   TEXT    NOT NULL UNIQUE,
  name       TEXT    NOT NULL,
  -- Space-separated: ingest, backfill, read, self, admin.
  scopes     TEXT    NOT NULL,
  -- The one user a key of scope self may read.
  user_id    TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- One row for each run of each job; the key makes a second run of the same one do nothing.
CREATE TABLE job_runs (
  job            TEXT    NOT NULL,
  scheduled_time INTEGER NOT NULL,
  worker         TEXT    NOT NULL,
  status         TEXT    NOT NULL CHECK (status IN ('running', 'ok', 'failed')),
  attempt        INTEGER NOT NULL DEFAULT 1,
  started_at     INTEGER NOT NULL,
  finished_at    INTEGER,
  -- While it lies ahead, no other run of the same job starts.
  lease_until    INTEGER,
  error          TEXT,
  -- JSON: what the run did, and where the next one goes on.
  summary        TEXT    NOT NULL DEFAULT '{}',
  PRIMARY KEY (job, scheduled_time)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_runs_by_start ON job_runs (started_at);

CREATE TABLE admin_audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  -- The api_keys.id that acted.
  actor   TEXT    NOT NULL,
  action  TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  -- JSON: what was asked for and what it replaced.
  detail  TEXT    NOT NULL,
  reason  TEXT
) STRICT;

CREATE INDEX admin_audit_by_time ON admin_audit (at);

-- Conflicts that showed only after the sender had its answer (queue mode).
CREATE TABLE ingest_rejections (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  received_at    INTEGER NOT NULL,
  source         TEXT    NOT NULL,
  interaction_id TEXT    NOT NULL,
  problem        TEXT    NOT NULL,
  detail         TEXT    NOT NULL
) STRICT;

CREATE INDEX ingest_rejections_by_time ON ingest_rejections (received_at);
