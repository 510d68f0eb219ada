-- The ledger's own tables: who used what, when, and what it cost. Each says what it is: truth (what
-- came in, kept nowhere else), a marginal (sums of the truth) or a mirror (the truth once more, in the
-- order that a question needs).
--
-- Times are unix milliseconds (UTC). Money is integer picodollars (10^-12 USD).
-- `day` is an ISO date in the installation's reporting time zone.
-- Text that a source may leave out is '' where it is part of a key, NULL elsewhere. No column has a
-- default: who writes a row says all of it.

-- Truth: the one row that every writer's guard looks at.
CREATE TABLE ledger_state (
  id                  INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version      INTEGER NOT NULL,
  -- Moves with every change to prices, aliases or mappings; an estimate made with an
  -- older book is not inserted.
  price_book_version  INTEGER NOT NULL,
  -- Moves with every batch that changes what a query could answer.
  ledger_version      INTEGER NOT NULL,
  -- Random, and renewed after a restore: versions of the book and of the ledger run through the same
  -- numbers again, and what isolates and browsers remember belongs to the old ones.
  epoch               INTEGER NOT NULL,
  -- Moves with every batch that takes interactions out again; what reads over several batches looks
  -- at it.
  withdrawal_count    INTEGER NOT NULL,
  reporting_time_zone TEXT    NOT NULL,
  -- JSON: interaction type -> the one trace source that counts for it.
  counted_sources     TEXT    NOT NULL,
  -- JSON: source -> from which instant on its cache writes live how long, where nothing tells.
  cache_lifetimes     TEXT    NOT NULL,
  -- JSON: provider -> from which instant on which of its reported costs count.
  reported_costs      TEXT    NOT NULL
) STRICT;

INSERT INTO ledger_state
  (id, schema_version, price_book_version, ledger_version, epoch, withdrawal_count,
   reporting_time_zone, counted_sources, cache_lifetimes, reported_costs)
VALUES (1, 1, 1, 0, 1 + (random() & 70368744177663), 0, 'UTC', '{"chat":"langfuse"}',
  '{"langfuse":[[0,"5m"],[1781740800000,"1h"]]}', '{}');

-- Truth: users by the names that their source gave them.
CREATE TABLE users (
  user_key  INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  user_id   TEXT NOT NULL,
  -- The name for people that came last.
  label     TEXT,
  erased_at INTEGER,
  UNIQUE (tenant_id, user_id)
) STRICT;

-- Truth: what people call an agent; the name that came last.
CREATE TABLE agents (
  agent TEXT PRIMARY KEY,
  name  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Truth: the ids that the sources gave. A name outlives archival, and is never removed.
CREATE TABLE session_ids (
  session_key INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE
) STRICT;

-- Truth for start, end and user (marks move them too), and a marginal of the session's interactions.
CREATE TABLE sessions (
  session_key       INTEGER PRIMARY KEY,
  -- The user of the session's earliest event.
  user_key          INTEGER NOT NULL,
  start_time        INTEGER NOT NULL,
  -- The latest explicit end, if one was sent. Open or closed is computed on read.
  end_time          INTEGER,
  -- The last completion, and the last that began: an end said after that closes the session.
  last_seen         INTEGER NOT NULL,
  last_start        INTEGER NOT NULL,
  interaction_count INTEGER NOT NULL,
  error_count       INTEGER NOT NULL,
  aborted_count     INTEGER NOT NULL,
  -- Interactions with no price at all, and with a price for a part only.
  unpriced_count    INTEGER NOT NULL,
  partial_count     INTEGER NOT NULL,
  token_count       INTEGER NOT NULL,
  total_cost        INTEGER NOT NULL,
  -- 1 when events of more than one user carried this session's id.
  mixed_users       INTEGER NOT NULL,
  first_ingest_id   INTEGER NOT NULL
) STRICT;

-- What lists of sessions sort, filter and add up by, so that they read the index alone.
CREATE INDEX sessions_by_start ON sessions (start_time, session_key, interaction_count, error_count,
  aborted_count, unpriced_count, partial_count, token_count, total_cost);
CREATE INDEX sessions_by_user ON sessions (user_key, start_time);
-- Archival walks sessions by their last completion.
CREATE INDEX sessions_by_last_seen ON sessions (last_seen);

-- Truth: what happened, once.
CREATE TABLE interactions (
  -- Dense and append-only: estimates and indexes carry this instead of the caller's id.
  interaction_key  INTEGER PRIMARY KEY AUTOINCREMENT,
  id               TEXT    NOT NULL UNIQUE,
  session_key      INTEGER NOT NULL,
  user_key         INTEGER NOT NULL,
  timestamp        INTEGER NOT NULL,
  day              TEXT    NOT NULL,
  -- Completion; it decides the price.
  price_time       INTEGER NOT NULL,
  type             TEXT    NOT NULL CHECK (type IN ('chat', 'db', 'api', 'cost-event')),
  duration_ms      INTEGER,
  time_to_first_token_ms INTEGER,
  provider         TEXT    NOT NULL,
  model_name       TEXT    NOT NULL,
  -- As the source wrote it, where that differs from model_name.
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
  -- JSON object: resource type -> quantity, for everything that is not a token.
  units            TEXT,
  -- Flags: what reading the usage concluded or assumed.
  reading          INTEGER NOT NULL,
  -- JSON object of names and numbers: the usage as it came, where it was not plainly read.
  usage_numbers    TEXT,
  declared_cost    INTEGER,
  declared_category TEXT,
  -- What the provider or a gateway says it billed; beside the estimate, never in its place.
  reported_cost    INTEGER,
  agent            TEXT    NOT NULL,
  message_id       TEXT,
  -- NULL too where the id begins with it: `<trace>-<span>`.
  trace_id         TEXT,
  context          TEXT,
  status           TEXT    NOT NULL CHECK (status IN ('ok', 'error', 'aborted')),
  error            TEXT,
  source           TEXT    NOT NULL,
  metadata         TEXT,
  received_at      INTEGER NOT NULL,
  ingest_id        INTEGER NOT NULL,
  -- Which encoding `body_hash` is of, and 128 bits of the normalised event's digest: the same id
  -- with another body is a conflict.
  digest_version   INTEGER NOT NULL,
  body_hash        BLOB    NOT NULL CHECK (length(body_hash) = 16)
) STRICT;

CREATE INDEX interactions_by_session ON interactions (session_key, timestamp);
CREATE INDEX interactions_by_time ON interactions (timestamp);
-- The few that carry a number nobody could read, and those whose provider said what it billed.
CREATE INDEX interactions_unread ON interactions (day) WHERE instr(units, '"unread:') > 0;
CREATE INDEX interactions_reported ON interactions (day) WHERE reported_cost IS NOT NULL;

-- Truth: what it cost, and how that was found.
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
  cache_savings       INTEGER NOT NULL,
  currency            TEXT    NOT NULL,
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

-- Mirror: what a session touched, for filters. It outlives archival.
CREATE TABLE session_models (
  session_key INTEGER NOT NULL,
  provider    TEXT    NOT NULL,
  model       TEXT    NOT NULL,
  agent       TEXT    NOT NULL,
  -- When the session starts: what its models and agents are searched by.
  start_time  INTEGER NOT NULL,
  PRIMARY KEY (session_key, provider, model, agent)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_models_by_start
  ON session_models (start_time, model, agent, provider, session_key);

CREATE TRIGGER sessions_update_start AFTER UPDATE OF start_time ON sessions
WHEN NEW.start_time <> OLD.start_time BEGIN
  UPDATE session_models SET start_time = NEW.start_time WHERE session_key = NEW.session_key;
END;

-- Mirror: on which days who was active in which session, by interactions and by start marks (whose
-- truth it is). It outlives archival.
CREATE TABLE session_days (
  day         TEXT    NOT NULL,
  user_key    INTEGER NOT NULL,
  session_key INTEGER NOT NULL,
  PRIMARY KEY (day, user_key, session_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_days_by_session ON session_days (session_key, day);
-- A user's distinct sessions of any range, and whether there are any.
CREATE INDEX session_days_by_user ON session_days (user_key, day, session_key);

-- Truth: what is known of a trace of native OpenTelemetry, which may arrive in many bodies: what a span
-- is, and whose, is known only with its trace. Kept for some days after the last body.
CREATE TABLE trace_memory (
  trace_id  TEXT    PRIMARY KEY,
  -- Moves with every body that adds to the trace. A batch made with another version sets NULL here and
  -- is kept out whole.
  version   INTEGER NOT NULL,
  forget_at INTEGER NOT NULL,
  -- JSON: the spans that are known, and what is recorded of each.
  spans     TEXT    NOT NULL
) STRICT;

CREATE INDEX trace_memory_by_end ON trace_memory (forget_at);

-- Truth: spans that show a call for which another one stands: a repeat is known for good.
CREATE TABLE joined_spans (
  id             TEXT    PRIMARY KEY,
  -- The interaction of the same call; NULL for a sum of several.
  part_of        TEXT,
  digest_version INTEGER NOT NULL,
  body_hash      BLOB    NOT NULL CHECK (length(body_hash) = 16)
) STRICT, WITHOUT ROWID;

-- Truth: thumbs by trace; they may arrive before the interaction, and may be taken back.
CREATE TABLE feedback (
  trace_id   TEXT    PRIMARY KEY,
  score_id   TEXT    NOT NULL UNIQUE,
  value      INTEGER NOT NULL CHECK (value IN (0, 1)),
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
