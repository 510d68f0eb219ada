-- The archive: the same columns in the same order as the hot tables, for sessions whose last event is
-- older than the retention. Truth, as those are: an interaction, and a session's own row, is always in
-- exactly one of the two. An archived id is still known: the insert of an event looks here too.

CREATE TABLE sessions_archive (
  session_key       INTEGER PRIMARY KEY,
  user_key          INTEGER NOT NULL,
  start_time        INTEGER NOT NULL,
  end_time          INTEGER,
  last_seen         INTEGER NOT NULL,
  last_start        INTEGER NOT NULL,
  interaction_count INTEGER NOT NULL,
  error_count       INTEGER NOT NULL,
  aborted_count     INTEGER NOT NULL,
  unpriced_count    INTEGER NOT NULL,
  partial_count     INTEGER NOT NULL,
  token_count       INTEGER NOT NULL,
  total_cost        INTEGER NOT NULL,
  mixed_users       INTEGER NOT NULL,
  first_ingest_id   INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_archive_by_start ON sessions_archive (start_time, session_key,
  interaction_count, error_count, aborted_count, unpriced_count, partial_count, token_count,
  total_cost);
CREATE INDEX sessions_archive_by_user ON sessions_archive (user_key, start_time);

CREATE TRIGGER sessions_archive_update_start AFTER UPDATE OF start_time ON sessions_archive
WHEN NEW.start_time <> OLD.start_time BEGIN
  UPDATE session_models SET start_time = NEW.start_time WHERE session_key = NEW.session_key;
END;

CREATE TABLE interactions_archive (
  interaction_key  INTEGER PRIMARY KEY,
  id               TEXT    NOT NULL UNIQUE,
  session_key      INTEGER NOT NULL,
  user_key         INTEGER NOT NULL,
  timestamp        INTEGER NOT NULL,
  day              TEXT    NOT NULL,
  price_time       INTEGER NOT NULL,
  type             TEXT    NOT NULL CHECK (type IN ('chat', 'db', 'api', 'cost-event')),
  duration_ms      INTEGER,
  time_to_first_token_ms INTEGER,
  provider         TEXT    NOT NULL,
  model_name       TEXT    NOT NULL,
  model_reported   TEXT,
  endpoint         TEXT,
  region           TEXT,
  service_tier     TEXT,
  input_tokens          INTEGER NOT NULL,
  cache_read_tokens     INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  output_tokens         INTEGER NOT NULL,
  reasoning_tokens      INTEGER NOT NULL,
  audio_in_tokens       INTEGER NOT NULL,
  audio_out_tokens      INTEGER NOT NULL,
  image_in_tokens       INTEGER NOT NULL,
  image_out_tokens      INTEGER NOT NULL,
  units            TEXT,
  reading          INTEGER NOT NULL,
  usage_numbers    TEXT,
  declared_cost    INTEGER,
  declared_category TEXT,
  reported_cost    INTEGER,
  agent            TEXT    NOT NULL,
  message_id       TEXT,
  trace_id         TEXT,
  context          TEXT,
  status           TEXT    NOT NULL CHECK (status IN ('ok', 'error', 'aborted')),
  error            TEXT,
  source           TEXT    NOT NULL,
  metadata         TEXT,
  received_at      INTEGER NOT NULL,
  ingest_id        INTEGER NOT NULL,
  digest_version   INTEGER NOT NULL,
  body_hash        BLOB    NOT NULL CHECK (length(body_hash) = 16)
) STRICT;

CREATE INDEX interactions_archive_by_session ON interactions_archive (session_key, timestamp);
CREATE INDEX interactions_archive_by_time ON interactions_archive (timestamp);
CREATE INDEX interactions_archive_unread ON interactions_archive (day)
  WHERE instr(units, '"unread:') > 0;
CREATE INDEX interactions_archive_reported ON interactions_archive (day)
  WHERE reported_cost IS NOT NULL;

CREATE TABLE cost_estimates_archive (
  interaction_key     INTEGER NOT NULL,
  revision            INTEGER NOT NULL,
  ai_tokens_cost      INTEGER,
  db_ops_cost         INTEGER,
  api_calls_cost      INTEGER,
  compute_time_cost   INTEGER,
  total_cost          INTEGER,
  cache_savings       INTEGER NOT NULL,
  currency            TEXT    NOT NULL,
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

UPDATE ledger_state SET schema_version = 2;
