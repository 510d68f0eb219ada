-- The archive: the same columns as the hot tables, for sessions whose last event is older than
-- the retention. An interaction, and a session's own row, is always in exactly one of the two.
-- An archived id is still known: the insert of an event looks here too.

CREATE TABLE sessions_archive (
  id                TEXT    PRIMARY KEY,
  user_key          INTEGER NOT NULL,
  start_time        INTEGER NOT NULL,
  end_time          INTEGER,
  last_seen         INTEGER NOT NULL,
  interaction_count INTEGER NOT NULL DEFAULT 0,
  error_count       INTEGER NOT NULL DEFAULT 0,
  unpriced_count    INTEGER NOT NULL DEFAULT 0,
  partial_count     INTEGER NOT NULL DEFAULT 0,
  token_count       INTEGER NOT NULL DEFAULT 0,
  total_cost        INTEGER NOT NULL DEFAULT 0,
  mixed_users       INTEGER NOT NULL DEFAULT 0,
  first_ingest_id   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE interactions_archive (
  interaction_key  INTEGER PRIMARY KEY,
  id               TEXT    NOT NULL UNIQUE,
  session_id       TEXT    NOT NULL,
  user_key         INTEGER NOT NULL,
  timestamp        INTEGER NOT NULL,
  day              TEXT    NOT NULL,
  price_time       INTEGER NOT NULL,
  type             TEXT    NOT NULL CHECK (type IN ('chat', 'db', 'api', 'cost-event')),
  duration_ms      INTEGER,
  time_to_first_token_ms INTEGER,
  provider         TEXT    NOT NULL DEFAULT '',
  model_name       TEXT    NOT NULL DEFAULT '',
  model_reported   TEXT,
  endpoint         TEXT,
  region           TEXT,
  service_tier     TEXT,
  input_tokens          INTEGER NOT NULL DEFAULT 0,
  cache_read_tokens     INTEGER NOT NULL DEFAULT 0,
  cache_write_5m_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_1h_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens         INTEGER NOT NULL DEFAULT 0,
  reasoning_tokens      INTEGER NOT NULL DEFAULT 0,
  audio_in_tokens       INTEGER NOT NULL DEFAULT 0,
  audio_out_tokens      INTEGER NOT NULL DEFAULT 0,
  image_in_tokens       INTEGER NOT NULL DEFAULT 0,
  image_out_tokens      INTEGER NOT NULL DEFAULT 0,
  units            TEXT,
  declared_cost    INTEGER,
  declared_category TEXT,
  agent            TEXT    NOT NULL DEFAULT '',
  message_id       TEXT,
  trace_id         TEXT,
  context          TEXT,
  status           TEXT    NOT NULL CHECK (status IN ('ok', 'error')),
  error            TEXT,
  source           TEXT    NOT NULL,
  metadata         TEXT,
  received_at      INTEGER NOT NULL,
  ingest_id        INTEGER NOT NULL,
  body_hash        BLOB    NOT NULL CHECK (length(body_hash) = 16)
) STRICT;

CREATE TABLE cost_estimates_archive (
  interaction_key     INTEGER NOT NULL,
  revision            INTEGER NOT NULL,
  ai_tokens_cost      INTEGER,
  db_ops_cost         INTEGER,
  api_calls_cost      INTEGER,
  compute_time_cost   INTEGER,
  total_cost          INTEGER,
  cache_savings       INTEGER NOT NULL DEFAULT 0,
  currency            TEXT    NOT NULL DEFAULT 'USD',
  price_state         TEXT    NOT NULL CHECK (price_state IN ('priced', 'partial', 'unpriced', 'declared')),
  match_kind          TEXT,
  calculation_version INTEGER NOT NULL,
  price_book_version  INTEGER NOT NULL,
  created_at          INTEGER,
  run_id              TEXT,
  reason              TEXT,
  lines               TEXT    NOT NULL,
  PRIMARY KEY (interaction_key, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_archive_by_start ON sessions_archive (start_time);
CREATE INDEX sessions_archive_by_user ON sessions_archive (user_key, start_time);
CREATE INDEX interactions_archive_by_session ON interactions_archive (session_id, timestamp);
CREATE INDEX interactions_archive_by_time ON interactions_archive (timestamp);
