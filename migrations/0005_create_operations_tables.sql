-- Who may do what, what ran, what an admin changed, and what was found wrong. All of it is truth.

CREATE TABLE api_keys (
  -- The public half; safe to log.
  id         TEXT    PRIMARY KEY,
  -- SHA-256 of the secret half, hex. The secret itself is shown once and never stored.
  key_hash   TEXT    NOT NULL UNIQUE,
  name       TEXT    NOT NULL,
  -- Space-separated: ingest, backfill, read, self, widget, admin.
  scopes     TEXT    NOT NULL,
  -- The one user a key of scope self may read.
  user_id    TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  -- When a sender used it last, and when one was refused last and why (the problem's kind): known to
  -- the minute, and no history.
  last_used_at    INTEGER,
  last_refused_at INTEGER,
  last_refusal    TEXT
) STRICT, WITHOUT ROWID;

-- One row for each run of each job; the key makes a second run of the same one do nothing.
CREATE TABLE job_runs (
  job            TEXT    NOT NULL,
  scheduled_time INTEGER NOT NULL,
  worker         TEXT    NOT NULL,
  status         TEXT    NOT NULL CHECK (status IN ('running', 'ok', 'failed')),
  attempt        INTEGER NOT NULL,
  started_at     INTEGER NOT NULL,
  finished_at    INTEGER,
  -- While it lies ahead, no other run of the same job starts.
  lease_until    INTEGER,
  error          TEXT,
  -- JSON: what the run did, and where the next one goes on.
  summary        TEXT    NOT NULL,
  PRIMARY KEY (job, scheduled_time)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_runs_by_start ON job_runs (started_at);
-- The one run of a job that holds its lease.
CREATE UNIQUE INDEX job_runs_running ON job_runs (job) WHERE status = 'running';

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

-- What traces held and the ledger did not take, for thirty days.
CREATE TABLE left_out (
  -- The reporting day on which it came.
  day     TEXT    NOT NULL,
  -- The api_keys.id that sent it.
  key_id  TEXT    NOT NULL,
  source  TEXT    NOT NULL,
  -- A word (`probe`, `unread_model_span`), or `refused:` and the field at fault.
  reason  TEXT    NOT NULL,
  count   INTEGER NOT NULL,
  -- Names of attributes of one of them; never a value.
  example TEXT    NOT NULL,
  PRIMARY KEY (day, key_id, source, reason)
) STRICT, WITHOUT ROWID;

-- Truth: what a key declared of each reporting day's cost, so that no sender fills a sum that others need.
CREATE TABLE declared_costs (
  -- The api_keys.id that declared it.
  key_id     TEXT    NOT NULL,
  day        TEXT    NOT NULL,
  total_pico INTEGER NOT NULL,
  -- The limit as it was when the key last declared something of the day.
  limit_pico INTEGER NOT NULL,
  PRIMARY KEY (key_id, day),
  CONSTRAINT declared_cost_of_key_and_day CHECK (total_pico <= limit_pico)
) STRICT, WITHOUT ROWID;

-- One row for each pass of the verification over the whole ledger; the open one (finished_at NULL)
-- holds the place where the next slice goes on.
CREATE TABLE integrity_passes (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  started_at        INTEGER NOT NULL,
  finished_at       INTEGER,
  stage             TEXT    NOT NULL
                    CHECK (stage IN ('interactions', 'sessions', 'days', 'users', 'slices', 'done')),
  -- Stage interactions: the last interaction_key; sessions: the last session_key; days: the last
  -- day; users: the last user_key; slices: the last row's key, as a JSON array.
  position          TEXT    NOT NULL,
  slice_count       INTEGER NOT NULL,
  interaction_count INTEGER NOT NULL,
  estimate_count    INTEGER NOT NULL,
  session_count     INTEGER NOT NULL,
  day_count         INTEGER NOT NULL,
  finding_count     INTEGER NOT NULL,
  repaired_count    INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX integrity_passes_open ON integrity_passes (finished_at IS NULL)
  WHERE finished_at IS NULL;

-- Every difference, and the correction that was made in the same transaction.
CREATE TABLE integrity_findings (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  pass_id    INTEGER NOT NULL,
  found_at   INTEGER NOT NULL,
  -- Which rule was broken: daily_stats_equal_interactions, lines_equal_components, …
  check_name TEXT    NOT NULL,
  -- JSON: the key of the row at fault.
  subject    TEXT    NOT NULL,
  -- JSON objects of the columns that differ.
  expected   TEXT    NOT NULL,
  found      TEXT    NOT NULL,
  -- What was done about it; NULL where a person must look.
  correction TEXT
) STRICT;

CREATE INDEX integrity_findings_by_time ON integrity_findings (found_at);
CREATE INDEX integrity_findings_open ON integrity_findings (id) WHERE correction IS NULL;

-- One row for each change of the reporting time zone; the open one (finished_at NULL) holds the place
-- where it goes on.
CREATE TABLE zone_changes (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  from_zone     TEXT    NOT NULL,
  to_zone       TEXT    NOT NULL,
  started_at    INTEGER NOT NULL,
  finished_at   INTEGER,
  stage         TEXT    NOT NULL CHECK (stage IN ('interactions', 'sessions')),
  -- Stage interactions: the last interaction_key; sessions: the last session_key.
  position      TEXT    NOT NULL,
  -- The newest interaction_key at the beginning: later ones have the new zone's day.
  last_key      INTEGER NOT NULL,
  checked_count INTEGER NOT NULL,
  moved_count   INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX zone_changes_open ON zone_changes (finished_at IS NULL)
  WHERE finished_at IS NULL;

-- One row for each time that what is recorded was estimated again; the open one (finished_at NULL)
-- holds the place where it goes on.
CREATE TABLE rerate_runs (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The key's public half.
  requested_by    TEXT    NOT NULL,
  reason          TEXT    NOT NULL,
  -- JSON: the range of days, and what narrows it.
  filter          TEXT    NOT NULL,
  started_at      INTEGER NOT NULL,
  finished_at     INTEGER,
  -- The last interaction that it looked at: its start, and its key.
  place_timestamp INTEGER NOT NULL,
  place_key       INTEGER NOT NULL,
  -- The attempt that wrote last: what its batch asks whether it took the turn.
  write_token     INTEGER NOT NULL,
  -- JSON: what changed, by day, model and user, with examples.
  changes         TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX rerate_runs_open ON rerate_runs (finished_at IS NULL)
  WHERE finished_at IS NULL;

-- Sign-ins of browsers that were ended: a cookie is checked without a table, but for this one. A row
-- lives for as long as its cookie could have.
CREATE TABLE signed_out (
  sign_in_id TEXT    PRIMARY KEY,
  -- Unix milliseconds: when the cookie ends by itself.
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX signed_out_by_expiry ON signed_out (expires_at);

-- A key that comes past the API (`make key`, or by hand) leaves its entry too. The API writes its own
-- entry first, in the same batch.
CREATE TRIGGER api_keys_insert_audit AFTER INSERT ON api_keys
WHEN NOT EXISTS (SELECT 1 FROM admin_audit
                 WHERE action = 'key.create' AND subject = NEW.id)
BEGIN
  INSERT INTO admin_audit (at, actor, action, subject, detail)
  VALUES (NEW.created_at, 'machine', 'key.create', NEW.id,
    json_object('name', NEW.name, 'scopes', NEW.scopes, 'user_id', NEW.user_id,
      'expires_at', NEW.expires_at));
END;

UPDATE ledger_state SET schema_version = 5;
