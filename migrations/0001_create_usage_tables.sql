-- The ledger's own tables: who used what, when, and what it cost.
--
-- Times are unix milliseconds (UTC). Money is integer picodollars (10^-12 USD).
-- `day` is an ISO date in the installation's reporting time zone.
-- Text that a source may leave out is '' where it is part of a key, NULL elsewhere.

CREATE TABLE ledger_state (
  id                  INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version      INTEGER NOT NULL,
  -- Moves with every change to prices, aliases or mappings; an estimate made with an
  -- older book is not inserted.
  price_book_version  INTEGER NOT NULL,
  -- Moves with every batch that changes what a query could answer.
  ledger_version      INTEGER NOT NULL,
  reporting_time_zone TEXT    NOT NULL,
  -- JSON: interaction type -> the one trace source that counts for it.
  counted_sources     TEXT    NOT NULL
) STRICT;

INSERT INTO ledger_state
  (id, schema_version, price_book_version, ledger_version, reporting_time_zone, counted_sources)
VALUES (1, 1, 1, 0, 'UTC', '{"chat":"langfuse"}');

CREATE TABLE users (
  user_key  INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL DEFAULT '',
  user_id   TEXT NOT NULL,
  label     TEXT,
  erased_at INTEGER,
  UNIQUE (tenant_id, user_id)
) STRICT;

CREATE TABLE sessions (
  id                TEXT    PRIMARY KEY,
  -- The user of the session's earliest event.
  user_key          INTEGER NOT NULL,
  start_time        INTEGER NOT NULL,
  -- The latest explicit end, if one was sent. Open or closed is computed on read.
  end_time          INTEGER,
  last_seen         INTEGER NOT NULL,
  interaction_count INTEGER NOT NULL DEFAULT 0,
  error_count       INTEGER NOT NULL DEFAULT 0,
  -- Interactions with no price at all, and with a price for a part only.
  unpriced_count    INTEGER NOT NULL DEFAULT 0,
  partial_count     INTEGER NOT NULL DEFAULT 0,
  token_count       INTEGER NOT NULL DEFAULT 0,
  total_cost        INTEGER NOT NULL DEFAULT 0,
  -- 1 when events of more than one user carried this session's id.
  mixed_users       INTEGER NOT NULL DEFAULT 0,
  first_ingest_id   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_start ON sessions (start_time);
CREATE INDEX sessions_by_user ON sessions (user_key, start_time);
-- Archival walks sessions by their last event.
CREATE INDEX sessions_by_last_seen ON sessions (last_seen);

CREATE TABLE interactions (
  -- Dense and append-only: estimates and indexes carry this instead of the caller's id.
  interaction_key  INTEGER PRIMARY KEY AUTOINCREMENT,
  id               TEXT    NOT NULL UNIQUE,
  session_id       TEXT    NOT NULL,
  user_key         INTEGER NOT NULL,
  timestamp        INTEGER NOT NULL,
  day              TEXT    NOT NULL,
  -- Completion; it decides the price.
  price_time       INTEGER NOT NULL,
  type             TEXT    NOT NULL CHECK (type IN ('chat', 'db', 'api', 'cost-event')),
  duration_ms      INTEGER,
  time_to_first_token_ms INTEGER,
  provider         TEXT    NOT NULL DEFAULT '',
  model_name       TEXT    NOT NULL DEFAULT '',
  -- As the source wrote it, where that differs from model_name.
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
  -- JSON object: resource type -> quantity, for everything that is not a token.
  units            TEXT,
  declared_cost    INTEGER,
  declared_category TEXT,
  agent            TEXT    NOT NULL DEFAULT '',
  message_id       TEXT,
  -- NULL too where the id begins with it: `<trace>-<span>`.
  trace_id         TEXT,
  context          TEXT,
  status           TEXT    NOT NULL CHECK (status IN ('ok', 'error')),
  error            TEXT,
  source           TEXT    NOT NULL,
  metadata         TEXT,
  received_at      INTEGER NOT NULL,
  ingest_id        INTEGER NOT NULL,
  -- 128 bits of the normalised event's digest: the same id with another body is a conflict.
  body_hash        BLOB    NOT NULL CHECK (length(body_hash) = 16)
) STRICT;

CREATE INDEX interactions_by_session ON interactions (session_id, timestamp);
CREATE INDEX interactions_by_time ON interactions (timestamp);

CREATE TABLE cost_estimates (
  interaction_key     INTEGER NOT NULL,
  -- The highest revision counts; earlier ones stay as they were.
  revision            INTEGER NOT NULL,
  -- NULL where nothing of the component could be priced: unknown is not zero.
  ai_tokens_cost      INTEGER,
  db_ops_cost         INTEGER,
  api_calls_cost      INTEGER,
  compute_time_cost   INTEGER,
  total_cost          INTEGER,
  -- What the cache saved against uncached input (negative where writes cost more).
  cache_savings       INTEGER NOT NULL DEFAULT 0,
  currency            TEXT    NOT NULL DEFAULT 'USD',
  price_state         TEXT    NOT NULL CHECK (price_state IN ('priced', 'partial', 'unpriced', 'declared')),
  match_kind          TEXT,
  calculation_version INTEGER NOT NULL,
  price_book_version  INTEGER NOT NULL,
  -- NULL for the estimate made at ingestion (interactions.received_at).
  created_at          INTEGER,
  -- NULL for the estimate made at ingestion; otherwise the job run and why.
  run_id              TEXT,
  reason              TEXT,
  -- Compact JSON: one array a line; price rows never change, so the API expands them.
  lines               TEXT    NOT NULL,
  PRIMARY KEY (interaction_key, revision)
) STRICT, WITHOUT ROWID;

-- What a session touched: filters and distinct counts. They outlive archival.
CREATE TABLE session_models (
  session_id TEXT NOT NULL,
  provider   TEXT NOT NULL,
  model      TEXT NOT NULL,
  agent      TEXT NOT NULL,
  PRIMARY KEY (session_id, provider, model, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE session_days (
  day        TEXT    NOT NULL,
  user_key   INTEGER NOT NULL,
  session_id TEXT    NOT NULL,
  PRIMARY KEY (day, user_key, session_id)
) STRICT, WITHOUT ROWID;

-- Thumbs by trace: may arrive before the interaction, may be taken back.
CREATE TABLE feedback (
  trace_id   TEXT    PRIMARY KEY,
  score_id   TEXT    NOT NULL UNIQUE,
  value      INTEGER NOT NULL CHECK (value IN (0, 1)),
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
