-- Sums kept in the batch that writes the interactions: usage_daily is the cube, the others its
-- marginals, so that a chart reads hundreds of rows instead of a million.

CREATE TABLE usage_daily (
  day      TEXT    NOT NULL,
  user_key INTEGER NOT NULL,
  provider TEXT    NOT NULL,
  model    TEXT    NOT NULL,
  agent    TEXT    NOT NULL,
  type     TEXT    NOT NULL,
  interaction_count INTEGER NOT NULL DEFAULT 0,
  error_count       INTEGER NOT NULL DEFAULT 0,
  -- Interactions with no price at all, and with a price for a part only.
  unpriced_count    INTEGER NOT NULL DEFAULT 0,
  partial_count     INTEGER NOT NULL DEFAULT 0,
  -- Tokens of unpriced interactions: what the cost does not cover.
  unpriced_tokens   INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  cache_read_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_5m_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_1h_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  reasoning_tokens INTEGER NOT NULL DEFAULT 0,
  audio_in_tokens INTEGER NOT NULL DEFAULT 0,
  audio_out_tokens INTEGER NOT NULL DEFAULT 0,
  image_in_tokens INTEGER NOT NULL DEFAULT 0,
  image_out_tokens INTEGER NOT NULL DEFAULT 0,
  ai_tokens_cost    INTEGER NOT NULL DEFAULT 0,
  db_ops_cost       INTEGER NOT NULL DEFAULT 0,
  api_calls_cost    INTEGER NOT NULL DEFAULT 0,
  compute_time_cost INTEGER NOT NULL DEFAULT 0,
  total_cost        INTEGER NOT NULL DEFAULT 0,
  cache_savings     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, user_key, provider, model, agent, type)
) STRICT, WITHOUT ROWID;

-- A user's own history, without reading the others' rows of each day.
CREATE INDEX usage_daily_by_user ON usage_daily (user_key, day);

CREATE TABLE daily_stats (
  day      TEXT    NOT NULL,
  user_key INTEGER NOT NULL,
  interaction_count INTEGER NOT NULL DEFAULT 0,
  error_count       INTEGER NOT NULL DEFAULT 0,
  unpriced_count    INTEGER NOT NULL DEFAULT 0,
  partial_count     INTEGER NOT NULL DEFAULT 0,
  unpriced_tokens   INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  cache_read_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_5m_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_1h_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  reasoning_tokens INTEGER NOT NULL DEFAULT 0,
  audio_in_tokens INTEGER NOT NULL DEFAULT 0,
  audio_out_tokens INTEGER NOT NULL DEFAULT 0,
  image_in_tokens INTEGER NOT NULL DEFAULT 0,
  image_out_tokens INTEGER NOT NULL DEFAULT 0,
  ai_tokens_cost    INTEGER NOT NULL DEFAULT 0,
  db_ops_cost       INTEGER NOT NULL DEFAULT 0,
  api_calls_cost    INTEGER NOT NULL DEFAULT 0,
  compute_time_cost INTEGER NOT NULL DEFAULT 0,
  total_cost        INTEGER NOT NULL DEFAULT 0,
  cache_savings     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, user_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX daily_stats_by_user ON daily_stats (user_key, day);

CREATE TABLE daily_model_stats (
  day      TEXT NOT NULL,
  provider TEXT NOT NULL,
  model    TEXT NOT NULL,
  type     TEXT NOT NULL,
  interaction_count INTEGER NOT NULL DEFAULT 0,
  error_count       INTEGER NOT NULL DEFAULT 0,
  unpriced_count    INTEGER NOT NULL DEFAULT 0,
  partial_count     INTEGER NOT NULL DEFAULT 0,
  unpriced_tokens   INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  cache_read_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_5m_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_1h_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  reasoning_tokens INTEGER NOT NULL DEFAULT 0,
  audio_in_tokens INTEGER NOT NULL DEFAULT 0,
  audio_out_tokens INTEGER NOT NULL DEFAULT 0,
  image_in_tokens INTEGER NOT NULL DEFAULT 0,
  image_out_tokens INTEGER NOT NULL DEFAULT 0,
  ai_tokens_cost    INTEGER NOT NULL DEFAULT 0,
  db_ops_cost       INTEGER NOT NULL DEFAULT 0,
  api_calls_cost    INTEGER NOT NULL DEFAULT 0,
  compute_time_cost INTEGER NOT NULL DEFAULT 0,
  total_cost        INTEGER NOT NULL DEFAULT 0,
  cache_savings     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, provider, model, type)
) STRICT, WITHOUT ROWID;

-- Without it, a chart by agent reads every user's rows of each day.
CREATE TABLE daily_agent_stats (
  day   TEXT NOT NULL,
  agent TEXT NOT NULL,
  interaction_count     INTEGER NOT NULL DEFAULT 0,
  error_count           INTEGER NOT NULL DEFAULT 0,
  unpriced_count        INTEGER NOT NULL DEFAULT 0,
  partial_count         INTEGER NOT NULL DEFAULT 0,
  unpriced_tokens       INTEGER NOT NULL DEFAULT 0,
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
  ai_tokens_cost        INTEGER NOT NULL DEFAULT 0,
  db_ops_cost           INTEGER NOT NULL DEFAULT 0,
  api_calls_cost        INTEGER NOT NULL DEFAULT 0,
  compute_time_cost     INTEGER NOT NULL DEFAULT 0,
  total_cost            INTEGER NOT NULL DEFAULT 0,
  cache_savings         INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, agent)
) STRICT, WITHOUT ROWID;

-- Counts in fixed bounds (crates/ledger/src/latency_bucket.rs): percentiles that merge.
CREATE TABLE latency_histogram (
  day      TEXT    NOT NULL,
  provider TEXT    NOT NULL,
  model    TEXT    NOT NULL,
  metric   TEXT    NOT NULL CHECK (metric IN ('duration', 'time_to_first_token')),
  bucket   INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  PRIMARY KEY (day, provider, model, metric, bucket)
) STRICT, WITHOUT ROWID;

CREATE VIEW user_stats AS
SELECT user_key,
       MIN(day) AS first_day,
       MAX(day) AS last_day,
       SUM(interaction_count) AS interaction_count,
       SUM(error_count) AS error_count,
       SUM(unpriced_count) AS unpriced_count,
       SUM(total_cost / 1000000) AS total_cost_micro,
       SUM(total_cost % 1000000) AS total_cost_rest
FROM daily_stats
GROUP BY user_key;
