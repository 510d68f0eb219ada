-- Written by `cargo run -p ledger-core --example write_rollups` from the list of measures in
-- crates/ledger-core/src/rollup.rs. A later change to it is a migration of its own.
--
-- The sums of the interactions: the cube, its marginals and its mirrors, so that a chart reads hundreds
-- of rows and not a million. Whatever changes a sum (a batch of events, a new price, a change of zone)
-- sends one row for each cell of the cube to the view `rollup_moves`, whose one trigger moves every
-- table. No table of sums has a trigger of its own.

-- Marginal of the interactions: the cube.
CREATE TABLE usage_daily (
  day TEXT NOT NULL,
  user_key INTEGER NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  agent TEXT NOT NULL,
  type TEXT NOT NULL,
  interaction_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  aborted_count INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL,
  partial_count INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  audio_in_tokens INTEGER NOT NULL,
  audio_out_tokens INTEGER NOT NULL,
  image_in_tokens INTEGER NOT NULL,
  image_out_tokens INTEGER NOT NULL,
  ai_tokens_cost INTEGER NOT NULL,
  db_ops_cost INTEGER NOT NULL,
  api_calls_cost INTEGER NOT NULL,
  compute_time_cost INTEGER NOT NULL,
  total_cost INTEGER NOT NULL,
  cache_savings INTEGER NOT NULL,
  PRIMARY KEY (day, user_key, provider, model, agent, type)
) STRICT, WITHOUT ROWID;

-- A user's own history, without reading the others' rows of each day.
CREATE INDEX usage_daily_by_user ON usage_daily (user_key, day);

-- Marginal of the cube: by user.
CREATE TABLE daily_stats (
  day TEXT NOT NULL,
  user_key INTEGER NOT NULL,
  interaction_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  aborted_count INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL,
  partial_count INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  audio_in_tokens INTEGER NOT NULL,
  audio_out_tokens INTEGER NOT NULL,
  image_in_tokens INTEGER NOT NULL,
  image_out_tokens INTEGER NOT NULL,
  ai_tokens_cost INTEGER NOT NULL,
  db_ops_cost INTEGER NOT NULL,
  api_calls_cost INTEGER NOT NULL,
  compute_time_cost INTEGER NOT NULL,
  total_cost INTEGER NOT NULL,
  cache_savings INTEGER NOT NULL,
  PRIMARY KEY (day, user_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX daily_stats_by_user ON daily_stats (user_key, day);

-- Marginal of the cube: by model and type.
CREATE TABLE daily_model_stats (
  day TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  type TEXT NOT NULL,
  interaction_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  aborted_count INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL,
  partial_count INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  audio_in_tokens INTEGER NOT NULL,
  audio_out_tokens INTEGER NOT NULL,
  image_in_tokens INTEGER NOT NULL,
  image_out_tokens INTEGER NOT NULL,
  ai_tokens_cost INTEGER NOT NULL,
  db_ops_cost INTEGER NOT NULL,
  api_calls_cost INTEGER NOT NULL,
  compute_time_cost INTEGER NOT NULL,
  total_cost INTEGER NOT NULL,
  cache_savings INTEGER NOT NULL,
  PRIMARY KEY (day, provider, model, type)
) STRICT, WITHOUT ROWID;

-- Marginal of the cube: by agent.
CREATE TABLE daily_agent_stats (
  day TEXT NOT NULL,
  agent TEXT NOT NULL,
  interaction_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  aborted_count INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL,
  partial_count INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  audio_in_tokens INTEGER NOT NULL,
  audio_out_tokens INTEGER NOT NULL,
  image_in_tokens INTEGER NOT NULL,
  image_out_tokens INTEGER NOT NULL,
  ai_tokens_cost INTEGER NOT NULL,
  db_ops_cost INTEGER NOT NULL,
  api_calls_cost INTEGER NOT NULL,
  compute_time_cost INTEGER NOT NULL,
  total_cost INTEGER NOT NULL,
  cache_savings INTEGER NOT NULL,
  PRIMARY KEY (day, agent)
) STRICT, WITHOUT ROWID;

-- Marginal of the cube: all of it but the user.
CREATE TABLE daily_agent_model_stats (
  day TEXT NOT NULL,
  agent TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  type TEXT NOT NULL,
  interaction_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  aborted_count INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL,
  partial_count INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  audio_in_tokens INTEGER NOT NULL,
  audio_out_tokens INTEGER NOT NULL,
  image_in_tokens INTEGER NOT NULL,
  image_out_tokens INTEGER NOT NULL,
  ai_tokens_cost INTEGER NOT NULL,
  db_ops_cost INTEGER NOT NULL,
  api_calls_cost INTEGER NOT NULL,
  compute_time_cost INTEGER NOT NULL,
  total_cost INTEGER NOT NULL,
  cache_savings INTEGER NOT NULL,
  PRIMARY KEY (day, agent, provider, model, type)
) STRICT, WITHOUT ROWID;

-- Mirror of the cube's sums by user within one model, one provider or one agent (`dimension`): what is
-- filtered by one thing and split by user. `provider` is the model's; empty for what is no model.
CREATE TABLE daily_user_slices (
  dimension TEXT NOT NULL,
  value TEXT NOT NULL,
  user_key INTEGER NOT NULL,
  day TEXT NOT NULL,
  provider TEXT NOT NULL,
  interaction_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  aborted_count INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL,
  partial_count INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  audio_in_tokens INTEGER NOT NULL,
  audio_out_tokens INTEGER NOT NULL,
  image_in_tokens INTEGER NOT NULL,
  image_out_tokens INTEGER NOT NULL,
  ai_tokens_cost INTEGER NOT NULL,
  db_ops_cost INTEGER NOT NULL,
  api_calls_cost INTEGER NOT NULL,
  compute_time_cost INTEGER NOT NULL,
  total_cost INTEGER NOT NULL,
  cache_savings INTEGER NOT NULL,
  PRIMARY KEY (dimension, value, user_key, day, provider)
) STRICT, WITHOUT ROWID;

-- Marginal of daily_stats: whole weeks, each by its Monday. A range is its whole weeks and the days
-- before and after them.
CREATE TABLE weekly_stats (
  week TEXT NOT NULL,
  user_key INTEGER NOT NULL,
  interaction_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  aborted_count INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL,
  partial_count INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  audio_in_tokens INTEGER NOT NULL,
  audio_out_tokens INTEGER NOT NULL,
  image_in_tokens INTEGER NOT NULL,
  image_out_tokens INTEGER NOT NULL,
  ai_tokens_cost INTEGER NOT NULL,
  db_ops_cost INTEGER NOT NULL,
  api_calls_cost INTEGER NOT NULL,
  compute_time_cost INTEGER NOT NULL,
  total_cost INTEGER NOT NULL,
  cache_savings INTEGER NOT NULL,
  PRIMARY KEY (week, user_key)
) STRICT, WITHOUT ROWID;

-- A user's weeks one after the other: the trends of some users over a long range.
CREATE INDEX weekly_stats_by_user ON weekly_stats (user_key, week);

-- The one place through which every sum is moved.
CREATE VIEW rollup_moves AS SELECT * FROM usage_daily;

CREATE TRIGGER rollup_moves_insert INSTEAD OF INSERT ON rollup_moves BEGIN
  INSERT INTO usage_daily (day, user_key, provider, model, agent, type,
    interaction_count, error_count, aborted_count, unpriced_count, partial_count,
    unpriced_tokens, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
    output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens,
    image_out_tokens, ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost,
    total_cost, cache_savings)
  VALUES (NEW.day, NEW.user_key, NEW.provider, NEW.model, NEW.agent, NEW.type,
    NEW.interaction_count, NEW.error_count, NEW.aborted_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens, NEW.cache_write_1h_tokens,
    NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens, NEW.audio_out_tokens, NEW.image_in_tokens,
    NEW.image_out_tokens, NEW.ai_tokens_cost, NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost,
    NEW.total_cost, NEW.cache_savings)
  ON CONFLICT (day, user_key, provider, model, agent, type) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
    aborted_count = aborted_count + excluded.aborted_count,
    unpriced_count = unpriced_count + excluded.unpriced_count,
    partial_count = partial_count + excluded.partial_count,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
    input_tokens = input_tokens + excluded.input_tokens,
    cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
    cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
    cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    audio_in_tokens = audio_in_tokens + excluded.audio_in_tokens,
    audio_out_tokens = audio_out_tokens + excluded.audio_out_tokens,
    image_in_tokens = image_in_tokens + excluded.image_in_tokens,
    image_out_tokens = image_out_tokens + excluded.image_out_tokens,
    ai_tokens_cost = ai_tokens_cost + excluded.ai_tokens_cost,
    db_ops_cost = db_ops_cost + excluded.db_ops_cost,
    api_calls_cost = api_calls_cost + excluded.api_calls_cost,
    compute_time_cost = compute_time_cost + excluded.compute_time_cost,
    total_cost = total_cost + excluded.total_cost,
    cache_savings = cache_savings + excluded.cache_savings;
  INSERT INTO daily_stats (day, user_key,
    interaction_count, error_count, aborted_count, unpriced_count, partial_count,
    unpriced_tokens, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
    output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens,
    image_out_tokens, ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost,
    total_cost, cache_savings)
  VALUES (NEW.day, NEW.user_key,
    NEW.interaction_count, NEW.error_count, NEW.aborted_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens, NEW.cache_write_1h_tokens,
    NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens, NEW.audio_out_tokens, NEW.image_in_tokens,
    NEW.image_out_tokens, NEW.ai_tokens_cost, NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost,
    NEW.total_cost, NEW.cache_savings)
  ON CONFLICT (day, user_key) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
    aborted_count = aborted_count + excluded.aborted_count,
    unpriced_count = unpriced_count + excluded.unpriced_count,
    partial_count = partial_count + excluded.partial_count,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
    input_tokens = input_tokens + excluded.input_tokens,
    cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
    cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
    cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    audio_in_tokens = audio_in_tokens + excluded.audio_in_tokens,
    audio_out_tokens = audio_out_tokens + excluded.audio_out_tokens,
    image_in_tokens = image_in_tokens + excluded.image_in_tokens,
    image_out_tokens = image_out_tokens + excluded.image_out_tokens,
    ai_tokens_cost = ai_tokens_cost + excluded.ai_tokens_cost,
    db_ops_cost = db_ops_cost + excluded.db_ops_cost,
    api_calls_cost = api_calls_cost + excluded.api_calls_cost,
    compute_time_cost = compute_time_cost + excluded.compute_time_cost,
    total_cost = total_cost + excluded.total_cost,
    cache_savings = cache_savings + excluded.cache_savings;
  INSERT INTO daily_model_stats (day, provider, model, type,
    interaction_count, error_count, aborted_count, unpriced_count, partial_count,
    unpriced_tokens, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
    output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens,
    image_out_tokens, ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost,
    total_cost, cache_savings)
  VALUES (NEW.day, NEW.provider, NEW.model, NEW.type,
    NEW.interaction_count, NEW.error_count, NEW.aborted_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens, NEW.cache_write_1h_tokens,
    NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens, NEW.audio_out_tokens, NEW.image_in_tokens,
    NEW.image_out_tokens, NEW.ai_tokens_cost, NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost,
    NEW.total_cost, NEW.cache_savings)
  ON CONFLICT (day, provider, model, type) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
    aborted_count = aborted_count + excluded.aborted_count,
    unpriced_count = unpriced_count + excluded.unpriced_count,
    partial_count = partial_count + excluded.partial_count,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
    input_tokens = input_tokens + excluded.input_tokens,
    cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
    cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
    cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    audio_in_tokens = audio_in_tokens + excluded.audio_in_tokens,
    audio_out_tokens = audio_out_tokens + excluded.audio_out_tokens,
    image_in_tokens = image_in_tokens + excluded.image_in_tokens,
    image_out_tokens = image_out_tokens + excluded.image_out_tokens,
    ai_tokens_cost = ai_tokens_cost + excluded.ai_tokens_cost,
    db_ops_cost = db_ops_cost + excluded.db_ops_cost,
    api_calls_cost = api_calls_cost + excluded.api_calls_cost,
    compute_time_cost = compute_time_cost + excluded.compute_time_cost,
    total_cost = total_cost + excluded.total_cost,
    cache_savings = cache_savings + excluded.cache_savings;
  INSERT INTO daily_agent_stats (day, agent,
    interaction_count, error_count, aborted_count, unpriced_count, partial_count,
    unpriced_tokens, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
    output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens,
    image_out_tokens, ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost,
    total_cost, cache_savings)
  VALUES (NEW.day, NEW.agent,
    NEW.interaction_count, NEW.error_count, NEW.aborted_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens, NEW.cache_write_1h_tokens,
    NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens, NEW.audio_out_tokens, NEW.image_in_tokens,
    NEW.image_out_tokens, NEW.ai_tokens_cost, NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost,
    NEW.total_cost, NEW.cache_savings)
  ON CONFLICT (day, agent) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
    aborted_count = aborted_count + excluded.aborted_count,
    unpriced_count = unpriced_count + excluded.unpriced_count,
    partial_count = partial_count + excluded.partial_count,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
    input_tokens = input_tokens + excluded.input_tokens,
    cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
    cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
    cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    audio_in_tokens = audio_in_tokens + excluded.audio_in_tokens,
    audio_out_tokens = audio_out_tokens + excluded.audio_out_tokens,
    image_in_tokens = image_in_tokens + excluded.image_in_tokens,
    image_out_tokens = image_out_tokens + excluded.image_out_tokens,
    ai_tokens_cost = ai_tokens_cost + excluded.ai_tokens_cost,
    db_ops_cost = db_ops_cost + excluded.db_ops_cost,
    api_calls_cost = api_calls_cost + excluded.api_calls_cost,
    compute_time_cost = compute_time_cost + excluded.compute_time_cost,
    total_cost = total_cost + excluded.total_cost,
    cache_savings = cache_savings + excluded.cache_savings;
  INSERT INTO daily_agent_model_stats (day, agent, provider, model, type,
    interaction_count, error_count, aborted_count, unpriced_count, partial_count,
    unpriced_tokens, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
    output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens,
    image_out_tokens, ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost,
    total_cost, cache_savings)
  VALUES (NEW.day, NEW.agent, NEW.provider, NEW.model, NEW.type,
    NEW.interaction_count, NEW.error_count, NEW.aborted_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens, NEW.cache_write_1h_tokens,
    NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens, NEW.audio_out_tokens, NEW.image_in_tokens,
    NEW.image_out_tokens, NEW.ai_tokens_cost, NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost,
    NEW.total_cost, NEW.cache_savings)
  ON CONFLICT (day, agent, provider, model, type) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
    aborted_count = aborted_count + excluded.aborted_count,
    unpriced_count = unpriced_count + excluded.unpriced_count,
    partial_count = partial_count + excluded.partial_count,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
    input_tokens = input_tokens + excluded.input_tokens,
    cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
    cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
    cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    audio_in_tokens = audio_in_tokens + excluded.audio_in_tokens,
    audio_out_tokens = audio_out_tokens + excluded.audio_out_tokens,
    image_in_tokens = image_in_tokens + excluded.image_in_tokens,
    image_out_tokens = image_out_tokens + excluded.image_out_tokens,
    ai_tokens_cost = ai_tokens_cost + excluded.ai_tokens_cost,
    db_ops_cost = db_ops_cost + excluded.db_ops_cost,
    api_calls_cost = api_calls_cost + excluded.api_calls_cost,
    compute_time_cost = compute_time_cost + excluded.compute_time_cost,
    total_cost = total_cost + excluded.total_cost,
    cache_savings = cache_savings + excluded.cache_savings;
  INSERT INTO daily_user_slices (dimension, value, user_key, day, provider,
    interaction_count, error_count, aborted_count, unpriced_count, partial_count,
    unpriced_tokens, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
    output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens,
    image_out_tokens, ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost,
    total_cost, cache_savings)
  SELECT s.dimension, s.value, NEW.user_key, NEW.day, s.provider,
    NEW.interaction_count, NEW.error_count, NEW.aborted_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens, NEW.cache_write_1h_tokens,
    NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens, NEW.audio_out_tokens, NEW.image_in_tokens,
    NEW.image_out_tokens, NEW.ai_tokens_cost, NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost,
    NEW.total_cost, NEW.cache_savings
  FROM (SELECT 'model' AS dimension, NEW.model AS value, NEW.provider AS provider
    UNION ALL SELECT 'provider' AS dimension, NEW.provider AS value, '' AS provider
    UNION ALL SELECT 'agent' AS dimension, NEW.agent AS value, '' AS provider) s
  WHERE true
  ON CONFLICT (dimension, value, user_key, day, provider) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
    aborted_count = aborted_count + excluded.aborted_count,
    unpriced_count = unpriced_count + excluded.unpriced_count,
    partial_count = partial_count + excluded.partial_count,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
    input_tokens = input_tokens + excluded.input_tokens,
    cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
    cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
    cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    audio_in_tokens = audio_in_tokens + excluded.audio_in_tokens,
    audio_out_tokens = audio_out_tokens + excluded.audio_out_tokens,
    image_in_tokens = image_in_tokens + excluded.image_in_tokens,
    image_out_tokens = image_out_tokens + excluded.image_out_tokens,
    ai_tokens_cost = ai_tokens_cost + excluded.ai_tokens_cost,
    db_ops_cost = db_ops_cost + excluded.db_ops_cost,
    api_calls_cost = api_calls_cost + excluded.api_calls_cost,
    compute_time_cost = compute_time_cost + excluded.compute_time_cost,
    total_cost = total_cost + excluded.total_cost,
    cache_savings = cache_savings + excluded.cache_savings;
  INSERT INTO weekly_stats (week, user_key,
    interaction_count, error_count, aborted_count, unpriced_count, partial_count,
    unpriced_tokens, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
    output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens,
    image_out_tokens, ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost,
    total_cost, cache_savings)
  VALUES (date(NEW.day, 'weekday 0', '-6 days'), NEW.user_key,
    NEW.interaction_count, NEW.error_count, NEW.aborted_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens, NEW.cache_write_1h_tokens,
    NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens, NEW.audio_out_tokens, NEW.image_in_tokens,
    NEW.image_out_tokens, NEW.ai_tokens_cost, NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost,
    NEW.total_cost, NEW.cache_savings)
  ON CONFLICT (week, user_key) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
    aborted_count = aborted_count + excluded.aborted_count,
    unpriced_count = unpriced_count + excluded.unpriced_count,
    partial_count = partial_count + excluded.partial_count,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
    input_tokens = input_tokens + excluded.input_tokens,
    cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
    cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
    cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    audio_in_tokens = audio_in_tokens + excluded.audio_in_tokens,
    audio_out_tokens = audio_out_tokens + excluded.audio_out_tokens,
    image_in_tokens = image_in_tokens + excluded.image_in_tokens,
    image_out_tokens = image_out_tokens + excluded.image_out_tokens,
    ai_tokens_cost = ai_tokens_cost + excluded.ai_tokens_cost,
    db_ops_cost = db_ops_cost + excluded.db_ops_cost,
    api_calls_cost = api_calls_cost + excluded.api_calls_cost,
    compute_time_cost = compute_time_cost + excluded.compute_time_cost,
    total_cost = total_cost + excluded.total_cost,
    cache_savings = cache_savings + excluded.cache_savings;
END;

-- Marginal of the chats that succeeded: a model's latencies of a day, counted in fixed bounds
-- (crates/ledger-core/src/latency_bucket.rs) so that percentiles merge. JSON objects: bucket -> count.
CREATE TABLE latency_daily (
  day TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  duration_counts TEXT NOT NULL,
  first_token_counts TEXT NOT NULL,
  PRIMARY KEY (day, provider, model)
) STRICT, WITHOUT ROWID;

-- Marginal of latency_daily: whole weeks, each by its Monday.
CREATE TABLE latency_weekly (
  week TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  duration_counts TEXT NOT NULL,
  first_token_counts TEXT NOT NULL,
  PRIMARY KEY (week, provider, model)
) STRICT, WITHOUT ROWID;

-- The one place through which latencies are counted.
CREATE VIEW latency_moves AS SELECT * FROM latency_daily;

CREATE TRIGGER latency_moves_insert INSTEAD OF INSERT ON latency_moves BEGIN
  INSERT INTO latency_daily (day, provider, model, duration_counts, first_token_counts)
  VALUES (NEW.day, NEW.provider, NEW.model, NEW.duration_counts, NEW.first_token_counts)
  ON CONFLICT (day, provider, model) DO UPDATE SET
    duration_counts = (
      SELECT json_group_object(key, count) FROM (
        SELECT key, SUM(value) AS count FROM (
          SELECT key, value FROM json_each(latency_daily.duration_counts)
          UNION ALL SELECT key, value FROM json_each(excluded.duration_counts))
        GROUP BY key HAVING SUM(value) <> 0)),
    first_token_counts = (
      SELECT json_group_object(key, count) FROM (
        SELECT key, SUM(value) AS count FROM (
          SELECT key, value FROM json_each(latency_daily.first_token_counts)
          UNION ALL SELECT key, value FROM json_each(excluded.first_token_counts))
        GROUP BY key HAVING SUM(value) <> 0));
  INSERT INTO latency_weekly (week, provider, model, duration_counts, first_token_counts)
  VALUES (date(NEW.day, 'weekday 0', '-6 days'), NEW.provider, NEW.model, NEW.duration_counts, NEW.first_token_counts)
  ON CONFLICT (week, provider, model) DO UPDATE SET
    duration_counts = (
      SELECT json_group_object(key, count) FROM (
        SELECT key, SUM(value) AS count FROM (
          SELECT key, value FROM json_each(latency_weekly.duration_counts)
          UNION ALL SELECT key, value FROM json_each(excluded.duration_counts))
        GROUP BY key HAVING SUM(value) <> 0)),
    first_token_counts = (
      SELECT json_group_object(key, count) FROM (
        SELECT key, SUM(value) AS count FROM (
          SELECT key, value FROM json_each(latency_weekly.first_token_counts)
          UNION ALL SELECT key, value FROM json_each(excluded.first_token_counts))
        GROUP BY key HAVING SUM(value) <> 0));
END;

-- Mirror of session_days: how many sessions were active on a day, by the day on which they were active
-- before ('' for none): the distinct sessions of a range are those whose day before lies ahead of it.
CREATE TABLE session_gaps (
  day           TEXT    NOT NULL,
  previous_day  TEXT    NOT NULL,
  session_count INTEGER NOT NULL,
  PRIMARY KEY (day, previous_day)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER session_days_insert_session AFTER INSERT ON session_days
WHEN NOT EXISTS (SELECT 1 FROM session_days
                 WHERE session_key = NEW.session_key AND day = NEW.day AND user_key <> NEW.user_key)
BEGIN
  INSERT INTO session_gaps (day, previous_day, session_count)
  VALUES (NEW.day, COALESCE((SELECT MAX(day) FROM session_days WHERE session_key = NEW.session_key AND day < NEW.day), ''), 1)
  ON CONFLICT (day, previous_day) DO UPDATE SET session_count = session_count + 1;
  -- The day after had another one before it.
  UPDATE session_gaps SET session_count = session_count - 1
  WHERE day = (SELECT MIN(day) FROM session_days WHERE session_key = NEW.session_key AND day > NEW.day)
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE session_key = NEW.session_key AND day < NEW.day), '');
  INSERT INTO session_gaps (day, previous_day, session_count)
  SELECT next_day, NEW.day, 1 FROM (SELECT (SELECT MIN(day) FROM session_days WHERE session_key = NEW.session_key AND day > NEW.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (day, previous_day) DO UPDATE SET session_count = session_count + 1;
END;

CREATE TRIGGER session_days_delete_session AFTER DELETE ON session_days
WHEN NOT EXISTS (SELECT 1 FROM session_days WHERE session_key = OLD.session_key AND day = OLD.day)
BEGIN
  UPDATE session_gaps SET session_count = session_count - 1
  WHERE day = OLD.day
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE session_key = OLD.session_key AND day < OLD.day), '');
  UPDATE session_gaps SET session_count = session_count - 1
  WHERE day = (SELECT MIN(day) FROM session_days WHERE session_key = OLD.session_key AND day > OLD.day)
    AND previous_day = OLD.day;
  INSERT INTO session_gaps (day, previous_day, session_count)
  SELECT next_day, COALESCE((SELECT MAX(day) FROM session_days WHERE session_key = OLD.session_key AND day < OLD.day), ''), 1
  FROM (SELECT (SELECT MIN(day) FROM session_days WHERE session_key = OLD.session_key AND day > OLD.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (day, previous_day) DO UPDATE SET session_count = session_count + 1;
END;

-- Mirror of session_days: how many users were active on a day, by the day on which they were active before
-- ('' for none), be it by a mark alone.
CREATE TABLE user_gaps (
  day           TEXT    NOT NULL,
  previous_day  TEXT    NOT NULL,
  user_count    INTEGER NOT NULL,
  PRIMARY KEY (day, previous_day)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER session_days_insert_user AFTER INSERT ON session_days
WHEN NOT EXISTS (SELECT 1 FROM session_days
                 WHERE user_key = NEW.user_key AND day = NEW.day AND session_key <> NEW.session_key)
BEGIN
  INSERT INTO user_gaps (day, previous_day, user_count)
  VALUES (NEW.day, COALESCE((SELECT MAX(day) FROM session_days WHERE user_key = NEW.user_key AND day < NEW.day), ''), 1)
  ON CONFLICT (day, previous_day) DO UPDATE SET user_count = user_count + 1;
  -- The day after had another one before it.
  UPDATE user_gaps SET user_count = user_count - 1
  WHERE day = (SELECT MIN(day) FROM session_days WHERE user_key = NEW.user_key AND day > NEW.day)
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE user_key = NEW.user_key AND day < NEW.day), '');
  INSERT INTO user_gaps (day, previous_day, user_count)
  SELECT next_day, NEW.day, 1 FROM (SELECT (SELECT MIN(day) FROM session_days WHERE user_key = NEW.user_key AND day > NEW.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (day, previous_day) DO UPDATE SET user_count = user_count + 1;
END;

CREATE TRIGGER session_days_delete_user AFTER DELETE ON session_days
WHEN NOT EXISTS (SELECT 1 FROM session_days WHERE user_key = OLD.user_key AND day = OLD.day)
BEGIN
  UPDATE user_gaps SET user_count = user_count - 1
  WHERE day = OLD.day
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE user_key = OLD.user_key AND day < OLD.day), '');
  UPDATE user_gaps SET user_count = user_count - 1
  WHERE day = (SELECT MIN(day) FROM session_days WHERE user_key = OLD.user_key AND day > OLD.day)
    AND previous_day = OLD.day;
  INSERT INTO user_gaps (day, previous_day, user_count)
  SELECT next_day, COALESCE((SELECT MAX(day) FROM session_days WHERE user_key = OLD.user_key AND day < OLD.day), ''), 1
  FROM (SELECT (SELECT MIN(day) FROM session_days WHERE user_key = OLD.user_key AND day > OLD.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (day, previous_day) DO UPDATE SET user_count = user_count + 1;
END;

-- A user's whole history, as daily_stats has it.
CREATE VIEW user_stats AS
SELECT user_key,
       MIN(day) AS first_day,
       MAX(day) AS last_day,
       SUM(interaction_count) AS interaction_count,
       SUM(error_count) AS error_count,
       SUM(aborted_count) AS aborted_count,
       SUM(unpriced_count) AS unpriced_count,
       SUM(total_cost / 1000000) AS total_cost_micro,
       SUM(total_cost % 1000000) AS total_cost_rest
FROM daily_stats
GROUP BY user_key;

UPDATE ledger_state SET schema_version = 4;
