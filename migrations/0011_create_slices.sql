-- What lists and charts read that are filtered by one thing and split by another, and lists of
-- sessions of one model or agent. Triggers move the sums by day, so that whoever writes the cube moves
-- them too.

-- The cube's sums by user within one model, one provider, one agent or one type.
CREATE TABLE daily_user_slices (
  -- `model`, `provider`, `agent` or `type`: what `value` is.
  dimension TEXT    NOT NULL,
  value     TEXT    NOT NULL,
  day       TEXT    NOT NULL,
  user_key  INTEGER NOT NULL,
  -- The model's; empty for what is no model.
  provider  TEXT    NOT NULL,
  interaction_count INTEGER NOT NULL DEFAULT 0,
  error_count INTEGER NOT NULL DEFAULT 0,
  unpriced_count INTEGER NOT NULL DEFAULT 0,
  partial_count INTEGER NOT NULL DEFAULT 0,
  unpriced_tokens INTEGER NOT NULL DEFAULT 0,
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
  ai_tokens_cost INTEGER NOT NULL DEFAULT 0,
  db_ops_cost INTEGER NOT NULL DEFAULT 0,
  api_calls_cost INTEGER NOT NULL DEFAULT 0,
  compute_time_cost INTEGER NOT NULL DEFAULT 0,
  total_cost INTEGER NOT NULL DEFAULT 0,
  cache_savings INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (dimension, value, user_key, day, provider)
) STRICT, WITHOUT ROWID;

-- Verification goes by days.
CREATE INDEX daily_user_slices_by_day ON daily_user_slices (day);

-- The cube's sums without the user.
CREATE TABLE daily_agent_model_stats (
  day      TEXT NOT NULL,
  agent    TEXT NOT NULL,
  provider TEXT NOT NULL,
  model    TEXT NOT NULL,
  type     TEXT NOT NULL,
  interaction_count INTEGER NOT NULL DEFAULT 0,
  error_count INTEGER NOT NULL DEFAULT 0,
  unpriced_count INTEGER NOT NULL DEFAULT 0,
  partial_count INTEGER NOT NULL DEFAULT 0,
  unpriced_tokens INTEGER NOT NULL DEFAULT 0,
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
  ai_tokens_cost INTEGER NOT NULL DEFAULT 0,
  db_ops_cost INTEGER NOT NULL DEFAULT 0,
  api_calls_cost INTEGER NOT NULL DEFAULT 0,
  compute_time_cost INTEGER NOT NULL DEFAULT 0,
  total_cost INTEGER NOT NULL DEFAULT 0,
  cache_savings INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, agent, provider, model, type)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER usage_daily_insert AFTER INSERT ON usage_daily BEGIN
  INSERT INTO daily_user_slices (dimension, value, day, user_key, provider,
    interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
    reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens,
    ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost, total_cost, cache_savings)
  SELECT s.dimension, s.value, NEW.day, NEW.user_key, s.provider,
    NEW.interaction_count, NEW.error_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens,
    NEW.cache_write_1h_tokens, NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens,
    NEW.audio_out_tokens, NEW.image_in_tokens, NEW.image_out_tokens, NEW.ai_tokens_cost,
    NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost, NEW.total_cost, NEW.cache_savings
  FROM (SELECT 'model' AS dimension, NEW.model AS value, NEW.provider AS provider
    UNION ALL SELECT 'provider', NEW.provider, ''
    UNION ALL SELECT 'agent', NEW.agent, ''
    UNION ALL SELECT 'type', NEW.type, '') s
  WHERE true
  ON CONFLICT (dimension, value, user_key, day, provider) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
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
    interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
    reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens,
    ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost, total_cost, cache_savings)
  VALUES (NEW.day, NEW.agent, NEW.provider, NEW.model, NEW.type,
    NEW.interaction_count, NEW.error_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens,
    NEW.cache_write_1h_tokens, NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens,
    NEW.audio_out_tokens, NEW.image_in_tokens, NEW.image_out_tokens, NEW.ai_tokens_cost,
    NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost, NEW.total_cost, NEW.cache_savings)
  ON CONFLICT (day, agent, provider, model, type) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
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

CREATE TRIGGER usage_daily_update AFTER UPDATE ON usage_daily BEGIN
  INSERT INTO daily_user_slices (dimension, value, day, user_key, provider,
    interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
    reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens,
    ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost, total_cost, cache_savings)
  SELECT s.dimension, s.value, NEW.day, NEW.user_key, s.provider,
    NEW.interaction_count - OLD.interaction_count, NEW.error_count - OLD.error_count,
    NEW.unpriced_count - OLD.unpriced_count, NEW.partial_count - OLD.partial_count,
    NEW.unpriced_tokens - OLD.unpriced_tokens, NEW.input_tokens - OLD.input_tokens,
    NEW.cache_read_tokens - OLD.cache_read_tokens, NEW.cache_write_5m_tokens -
    OLD.cache_write_5m_tokens, NEW.cache_write_1h_tokens - OLD.cache_write_1h_tokens,
    NEW.output_tokens - OLD.output_tokens, NEW.reasoning_tokens - OLD.reasoning_tokens,
    NEW.audio_in_tokens - OLD.audio_in_tokens, NEW.audio_out_tokens - OLD.audio_out_tokens,
    NEW.image_in_tokens - OLD.image_in_tokens, NEW.image_out_tokens - OLD.image_out_tokens,
    NEW.ai_tokens_cost - OLD.ai_tokens_cost, NEW.db_ops_cost - OLD.db_ops_cost, NEW.api_calls_cost -
    OLD.api_calls_cost, NEW.compute_time_cost - OLD.compute_time_cost, NEW.total_cost -
    OLD.total_cost, NEW.cache_savings - OLD.cache_savings
  FROM (SELECT 'model' AS dimension, NEW.model AS value, NEW.provider AS provider
    UNION ALL SELECT 'provider', NEW.provider, ''
    UNION ALL SELECT 'agent', NEW.agent, ''
    UNION ALL SELECT 'type', NEW.type, '') s
  WHERE true
  ON CONFLICT (dimension, value, user_key, day, provider) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
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
    interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
    reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens,
    ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost, total_cost, cache_savings)
  VALUES (NEW.day, NEW.agent, NEW.provider, NEW.model, NEW.type,
    NEW.interaction_count - OLD.interaction_count, NEW.error_count - OLD.error_count,
    NEW.unpriced_count - OLD.unpriced_count, NEW.partial_count - OLD.partial_count,
    NEW.unpriced_tokens - OLD.unpriced_tokens, NEW.input_tokens - OLD.input_tokens,
    NEW.cache_read_tokens - OLD.cache_read_tokens, NEW.cache_write_5m_tokens -
    OLD.cache_write_5m_tokens, NEW.cache_write_1h_tokens - OLD.cache_write_1h_tokens,
    NEW.output_tokens - OLD.output_tokens, NEW.reasoning_tokens - OLD.reasoning_tokens,
    NEW.audio_in_tokens - OLD.audio_in_tokens, NEW.audio_out_tokens - OLD.audio_out_tokens,
    NEW.image_in_tokens - OLD.image_in_tokens, NEW.image_out_tokens - OLD.image_out_tokens,
    NEW.ai_tokens_cost - OLD.ai_tokens_cost, NEW.db_ops_cost - OLD.db_ops_cost, NEW.api_calls_cost -
    OLD.api_calls_cost, NEW.compute_time_cost - OLD.compute_time_cost, NEW.total_cost -
    OLD.total_cost, NEW.cache_savings - OLD.cache_savings)
  ON CONFLICT (day, agent, provider, model, type) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
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

CREATE TRIGGER usage_daily_delete AFTER DELETE ON usage_daily BEGIN
  INSERT INTO daily_user_slices (dimension, value, day, user_key, provider,
    interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
    reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens,
    ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost, total_cost, cache_savings)
  SELECT s.dimension, s.value, OLD.day, OLD.user_key, s.provider,
    -OLD.interaction_count, -OLD.error_count, -OLD.unpriced_count, -OLD.partial_count,
    -OLD.unpriced_tokens, -OLD.input_tokens, -OLD.cache_read_tokens, -OLD.cache_write_5m_tokens,
    -OLD.cache_write_1h_tokens, -OLD.output_tokens, -OLD.reasoning_tokens, -OLD.audio_in_tokens,
    -OLD.audio_out_tokens, -OLD.image_in_tokens, -OLD.image_out_tokens, -OLD.ai_tokens_cost,
    -OLD.db_ops_cost, -OLD.api_calls_cost, -OLD.compute_time_cost, -OLD.total_cost,
    -OLD.cache_savings
  FROM (SELECT 'model' AS dimension, OLD.model AS value, OLD.provider AS provider
    UNION ALL SELECT 'provider', OLD.provider, ''
    UNION ALL SELECT 'agent', OLD.agent, ''
    UNION ALL SELECT 'type', OLD.type, '') s
  WHERE true
  ON CONFLICT (dimension, value, user_key, day, provider) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
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
  DELETE FROM daily_user_slices
  WHERE dimension = 'model' AND value = OLD.model AND day = OLD.day AND user_key = OLD.user_key
    AND provider = OLD.provider AND interaction_count = 0;
  DELETE FROM daily_user_slices
  WHERE dimension = 'provider' AND value = OLD.provider AND day = OLD.day AND user_key = OLD.user_key
    AND provider = '' AND interaction_count = 0;
  DELETE FROM daily_user_slices
  WHERE dimension = 'agent' AND value = OLD.agent AND day = OLD.day AND user_key = OLD.user_key
    AND provider = '' AND interaction_count = 0;
  DELETE FROM daily_user_slices
  WHERE dimension = 'type' AND value = OLD.type AND day = OLD.day AND user_key = OLD.user_key
    AND provider = '' AND interaction_count = 0;
  INSERT INTO daily_agent_model_stats (day, agent, provider, model, type,
    interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
    reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens,
    ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost, total_cost, cache_savings)
  VALUES (OLD.day, OLD.agent, OLD.provider, OLD.model, OLD.type,
    -OLD.interaction_count, -OLD.error_count, -OLD.unpriced_count, -OLD.partial_count,
    -OLD.unpriced_tokens, -OLD.input_tokens, -OLD.cache_read_tokens, -OLD.cache_write_5m_tokens,
    -OLD.cache_write_1h_tokens, -OLD.output_tokens, -OLD.reasoning_tokens, -OLD.audio_in_tokens,
    -OLD.audio_out_tokens, -OLD.image_in_tokens, -OLD.image_out_tokens, -OLD.ai_tokens_cost,
    -OLD.db_ops_cost, -OLD.api_calls_cost, -OLD.compute_time_cost, -OLD.total_cost,
    -OLD.cache_savings)
  ON CONFLICT (day, agent, provider, model, type) DO UPDATE SET
    interaction_count = interaction_count + excluded.interaction_count,
    error_count = error_count + excluded.error_count,
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
  DELETE FROM daily_agent_model_stats
  WHERE day = OLD.day AND agent = OLD.agent AND provider = OLD.provider AND model = OLD.model
    AND type = OLD.type AND interaction_count = 0;
END;

-- When the session starts: what its models and agents are searched by.
ALTER TABLE session_models ADD COLUMN start_time INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER sessions_update_start AFTER UPDATE OF start_time ON sessions
WHEN NEW.start_time <> OLD.start_time BEGIN
  UPDATE session_models SET start_time = NEW.start_time WHERE session_id = NEW.id;
END;

CREATE TRIGGER sessions_archive_update_start AFTER UPDATE OF start_time ON sessions_archive
WHEN NEW.start_time <> OLD.start_time BEGIN
  UPDATE session_models SET start_time = NEW.start_time WHERE session_id = NEW.id;
END;

-- What was there before the triggers.
INSERT INTO daily_user_slices (dimension, value, day, user_key, provider,
  interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
  cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
  audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens, ai_tokens_cost, db_ops_cost,
  api_calls_cost, compute_time_cost, total_cost, cache_savings)
SELECT 'model', model, day, user_key, provider,
  SUM(interaction_count), SUM(error_count), SUM(unpriced_count), SUM(partial_count),
  SUM(unpriced_tokens), SUM(input_tokens), SUM(cache_read_tokens), SUM(cache_write_5m_tokens),
  SUM(cache_write_1h_tokens), SUM(output_tokens), SUM(reasoning_tokens), SUM(audio_in_tokens),
  SUM(audio_out_tokens), SUM(image_in_tokens), SUM(image_out_tokens), SUM(ai_tokens_cost),
  SUM(db_ops_cost), SUM(api_calls_cost), SUM(compute_time_cost), SUM(total_cost), SUM(cache_savings)
FROM usage_daily GROUP BY model, user_key, day, provider;

INSERT INTO daily_user_slices (dimension, value, day, user_key, provider,
  interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
  cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
  audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens, ai_tokens_cost, db_ops_cost,
  api_calls_cost, compute_time_cost, total_cost, cache_savings)
SELECT 'provider', provider, day, user_key, '',
  SUM(interaction_count), SUM(error_count), SUM(unpriced_count), SUM(partial_count),
  SUM(unpriced_tokens), SUM(input_tokens), SUM(cache_read_tokens), SUM(cache_write_5m_tokens),
  SUM(cache_write_1h_tokens), SUM(output_tokens), SUM(reasoning_tokens), SUM(audio_in_tokens),
  SUM(audio_out_tokens), SUM(image_in_tokens), SUM(image_out_tokens), SUM(ai_tokens_cost),
  SUM(db_ops_cost), SUM(api_calls_cost), SUM(compute_time_cost), SUM(total_cost), SUM(cache_savings)
FROM usage_daily GROUP BY provider, user_key, day;

INSERT INTO daily_user_slices (dimension, value, day, user_key, provider,
  interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
  cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
  audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens, ai_tokens_cost, db_ops_cost,
  api_calls_cost, compute_time_cost, total_cost, cache_savings)
SELECT 'agent', agent, day, user_key, '',
  SUM(interaction_count), SUM(error_count), SUM(unpriced_count), SUM(partial_count),
  SUM(unpriced_tokens), SUM(input_tokens), SUM(cache_read_tokens), SUM(cache_write_5m_tokens),
  SUM(cache_write_1h_tokens), SUM(output_tokens), SUM(reasoning_tokens), SUM(audio_in_tokens),
  SUM(audio_out_tokens), SUM(image_in_tokens), SUM(image_out_tokens), SUM(ai_tokens_cost),
  SUM(db_ops_cost), SUM(api_calls_cost), SUM(compute_time_cost), SUM(total_cost), SUM(cache_savings)
FROM usage_daily GROUP BY agent, user_key, day;

INSERT INTO daily_user_slices (dimension, value, day, user_key, provider,
  interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
  cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
  audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens, ai_tokens_cost, db_ops_cost,
  api_calls_cost, compute_time_cost, total_cost, cache_savings)
SELECT 'type', type, day, user_key, '',
  SUM(interaction_count), SUM(error_count), SUM(unpriced_count), SUM(partial_count),
  SUM(unpriced_tokens), SUM(input_tokens), SUM(cache_read_tokens), SUM(cache_write_5m_tokens),
  SUM(cache_write_1h_tokens), SUM(output_tokens), SUM(reasoning_tokens), SUM(audio_in_tokens),
  SUM(audio_out_tokens), SUM(image_in_tokens), SUM(image_out_tokens), SUM(ai_tokens_cost),
  SUM(db_ops_cost), SUM(api_calls_cost), SUM(compute_time_cost), SUM(total_cost), SUM(cache_savings)
FROM usage_daily GROUP BY type, user_key, day;

INSERT INTO daily_agent_model_stats (day, agent, provider, model, type,
  interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
  cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
  audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens, ai_tokens_cost, db_ops_cost,
  api_calls_cost, compute_time_cost, total_cost, cache_savings)
SELECT day, agent, provider, model, type,
  SUM(interaction_count), SUM(error_count), SUM(unpriced_count), SUM(partial_count),
  SUM(unpriced_tokens), SUM(input_tokens), SUM(cache_read_tokens), SUM(cache_write_5m_tokens),
  SUM(cache_write_1h_tokens), SUM(output_tokens), SUM(reasoning_tokens), SUM(audio_in_tokens),
  SUM(audio_out_tokens), SUM(image_in_tokens), SUM(image_out_tokens), SUM(ai_tokens_cost),
  SUM(db_ops_cost), SUM(api_calls_cost), SUM(compute_time_cost), SUM(total_cost), SUM(cache_savings)
FROM usage_daily GROUP BY day, agent, provider, model, type;

UPDATE session_models SET start_time = COALESCE(
  (SELECT start_time FROM sessions WHERE id = session_id),
  (SELECT start_time FROM sessions_archive WHERE id = session_id), 0);

CREATE INDEX session_models_by_start
  ON session_models (start_time, model, agent, provider, session_id);

UPDATE ledger_state SET schema_version = 11;
