-- What the query API adds to the sums by day, so that a quarter by user, the latencies of a year and
-- the distinct sessions of any range are read from hundreds of rows. Everything here is moved by
-- triggers, so that whoever writes the sums by day moves it too.

-- The sums by user of whole weeks, each by its Monday: a range is its whole weeks and the days before
-- and after them.
CREATE TABLE weekly_stats (
  week     TEXT    NOT NULL,
  user_key INTEGER NOT NULL,
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
  PRIMARY KEY (week, user_key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER daily_stats_insert AFTER INSERT ON daily_stats BEGIN
  INSERT INTO weekly_stats (week, user_key,
    interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
    reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens,
    ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost, total_cost, cache_savings)
  VALUES (date(NEW.day, 'weekday 0', '-6 days'), NEW.user_key,
    NEW.interaction_count, NEW.error_count, NEW.unpriced_count, NEW.partial_count,
    NEW.unpriced_tokens, NEW.input_tokens, NEW.cache_read_tokens, NEW.cache_write_5m_tokens,
    NEW.cache_write_1h_tokens, NEW.output_tokens, NEW.reasoning_tokens, NEW.audio_in_tokens,
    NEW.audio_out_tokens, NEW.image_in_tokens, NEW.image_out_tokens, NEW.ai_tokens_cost,
    NEW.db_ops_cost, NEW.api_calls_cost, NEW.compute_time_cost, NEW.total_cost, NEW.cache_savings)
  ON CONFLICT (week, user_key) DO UPDATE SET
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

CREATE TRIGGER daily_stats_update AFTER UPDATE ON daily_stats BEGIN
  UPDATE weekly_stats SET
    interaction_count = interaction_count + NEW.interaction_count - OLD.interaction_count,
    error_count = error_count + NEW.error_count - OLD.error_count,
    unpriced_count = unpriced_count + NEW.unpriced_count - OLD.unpriced_count,
    partial_count = partial_count + NEW.partial_count - OLD.partial_count,
    unpriced_tokens = unpriced_tokens + NEW.unpriced_tokens - OLD.unpriced_tokens,
    input_tokens = input_tokens + NEW.input_tokens - OLD.input_tokens,
    cache_read_tokens = cache_read_tokens + NEW.cache_read_tokens - OLD.cache_read_tokens,
    cache_write_5m_tokens = cache_write_5m_tokens + NEW.cache_write_5m_tokens - OLD.cache_write_5m_tokens,
    cache_write_1h_tokens = cache_write_1h_tokens + NEW.cache_write_1h_tokens - OLD.cache_write_1h_tokens,
    output_tokens = output_tokens + NEW.output_tokens - OLD.output_tokens,
    reasoning_tokens = reasoning_tokens + NEW.reasoning_tokens - OLD.reasoning_tokens,
    audio_in_tokens = audio_in_tokens + NEW.audio_in_tokens - OLD.audio_in_tokens,
    audio_out_tokens = audio_out_tokens + NEW.audio_out_tokens - OLD.audio_out_tokens,
    image_in_tokens = image_in_tokens + NEW.image_in_tokens - OLD.image_in_tokens,
    image_out_tokens = image_out_tokens + NEW.image_out_tokens - OLD.image_out_tokens,
    ai_tokens_cost = ai_tokens_cost + NEW.ai_tokens_cost - OLD.ai_tokens_cost,
    db_ops_cost = db_ops_cost + NEW.db_ops_cost - OLD.db_ops_cost,
    api_calls_cost = api_calls_cost + NEW.api_calls_cost - OLD.api_calls_cost,
    compute_time_cost = compute_time_cost + NEW.compute_time_cost - OLD.compute_time_cost,
    total_cost = total_cost + NEW.total_cost - OLD.total_cost,
    cache_savings = cache_savings + NEW.cache_savings - OLD.cache_savings
  WHERE week = date(NEW.day, 'weekday 0', '-6 days') AND user_key = NEW.user_key;
END;

CREATE TRIGGER daily_stats_delete AFTER DELETE ON daily_stats BEGIN
  UPDATE weekly_stats SET
    interaction_count = interaction_count - OLD.interaction_count,
    error_count = error_count - OLD.error_count,
    unpriced_count = unpriced_count - OLD.unpriced_count,
    partial_count = partial_count - OLD.partial_count,
    unpriced_tokens = unpriced_tokens - OLD.unpriced_tokens,
    input_tokens = input_tokens - OLD.input_tokens,
    cache_read_tokens = cache_read_tokens - OLD.cache_read_tokens,
    cache_write_5m_tokens = cache_write_5m_tokens - OLD.cache_write_5m_tokens,
    cache_write_1h_tokens = cache_write_1h_tokens - OLD.cache_write_1h_tokens,
    output_tokens = output_tokens - OLD.output_tokens,
    reasoning_tokens = reasoning_tokens - OLD.reasoning_tokens,
    audio_in_tokens = audio_in_tokens - OLD.audio_in_tokens,
    audio_out_tokens = audio_out_tokens - OLD.audio_out_tokens,
    image_in_tokens = image_in_tokens - OLD.image_in_tokens,
    image_out_tokens = image_out_tokens - OLD.image_out_tokens,
    ai_tokens_cost = ai_tokens_cost - OLD.ai_tokens_cost,
    db_ops_cost = db_ops_cost - OLD.db_ops_cost,
    api_calls_cost = api_calls_cost - OLD.api_calls_cost,
    compute_time_cost = compute_time_cost - OLD.compute_time_cost,
    total_cost = total_cost - OLD.total_cost, cache_savings = cache_savings - OLD.cache_savings
  WHERE week = date(OLD.day, 'weekday 0', '-6 days') AND user_key = OLD.user_key;
  DELETE FROM weekly_stats
  WHERE week = date(OLD.day, 'weekday 0', '-6 days') AND user_key = OLD.user_key AND interaction_count = 0;
END;

-- A week's histogram of a model in one row.
CREATE TABLE latency_weekly (
  week     TEXT NOT NULL,
  provider TEXT NOT NULL,
  model    TEXT NOT NULL,
  metric   TEXT NOT NULL,
  -- JSON object: bucket -> count.
  counts   TEXT NOT NULL,
  PRIMARY KEY (week, provider, model, metric)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER latency_histogram_insert_week AFTER INSERT ON latency_histogram BEGIN
  INSERT INTO latency_weekly (week, provider, model, metric, counts)
  VALUES (date(NEW.day, 'weekday 0', '-6 days'), NEW.provider, NEW.model, NEW.metric,
    json_object(CAST(NEW.bucket AS TEXT), NEW.count))
  ON CONFLICT (week, provider, model, metric) DO UPDATE SET
    counts = json_set(counts, '$."' || NEW.bucket || '"',
      COALESCE(counts ->> ('$."' || NEW.bucket || '"'), 0) + NEW.count);
END;

CREATE TRIGGER latency_histogram_update_week AFTER UPDATE ON latency_histogram BEGIN
  UPDATE latency_weekly SET counts = json_set(counts, '$."' || NEW.bucket || '"',
    COALESCE(counts ->> ('$."' || NEW.bucket || '"'), 0) + NEW.count - OLD.count)
  WHERE week = date(NEW.day, 'weekday 0', '-6 days') AND provider = NEW.provider AND model = NEW.model
    AND metric = NEW.metric;
END;

CREATE TRIGGER latency_histogram_delete_week AFTER DELETE ON latency_histogram BEGIN
  UPDATE latency_weekly SET counts = json_set(counts, '$."' || OLD.bucket || '"',
    COALESCE(counts ->> ('$."' || OLD.bucket || '"'), 0) - OLD.count)
  WHERE week = date(OLD.day, 'weekday 0', '-6 days') AND provider = OLD.provider AND model = OLD.model
    AND metric = OLD.metric;
END;

-- How many sessions were active on a day, by the day on which they were active before ('' for none):
-- the distinct sessions of a range are those whose day before lies ahead of it.
CREATE TABLE session_gaps (
  day           TEXT    NOT NULL,
  previous_day  TEXT    NOT NULL,
  session_count INTEGER NOT NULL,
  PRIMARY KEY (day, previous_day)
) STRICT, WITHOUT ROWID;

-- The same for users, by the days on which they have an interaction.
CREATE TABLE user_gaps (
  day          TEXT    NOT NULL,
  previous_day TEXT    NOT NULL,
  user_count   INTEGER NOT NULL,
  PRIMARY KEY (day, previous_day)
) STRICT, WITHOUT ROWID;

-- A session's days; a user's are in daily_stats_by_user.
CREATE INDEX session_days_by_session ON session_days (session_id, day);

CREATE TRIGGER session_days_insert_session AFTER INSERT ON session_days
WHEN NOT EXISTS (SELECT 1 FROM session_days
                 WHERE session_id = NEW.session_id AND day = NEW.day AND user_key <> NEW.user_key)
BEGIN
  INSERT INTO session_gaps (day, previous_day, session_count)
  VALUES (NEW.day, COALESCE((SELECT MAX(day) FROM session_days WHERE session_id = NEW.session_id AND day < NEW.day), ''), 1)
  ON CONFLICT (day, previous_day) DO UPDATE SET session_count = session_count + 1;
  -- The day after had another one before it.
  UPDATE session_gaps SET session_count = session_count - 1
  WHERE day = (SELECT MIN(day) FROM session_days WHERE session_id = NEW.session_id AND day > NEW.day)
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE session_id = NEW.session_id AND day < NEW.day), '');
  INSERT INTO session_gaps (day, previous_day, session_count)
  SELECT next_day, NEW.day, 1 FROM (SELECT (SELECT MIN(day) FROM session_days WHERE session_id = NEW.session_id AND day > NEW.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (day, previous_day) DO UPDATE SET session_count = session_count + 1;
END;

CREATE TRIGGER session_days_delete_session AFTER DELETE ON session_days
WHEN NOT EXISTS (SELECT 1 FROM session_days WHERE session_id = OLD.session_id AND day = OLD.day)
BEGIN
  UPDATE session_gaps SET session_count = session_count - 1
  WHERE day = OLD.day
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE session_id = OLD.session_id AND day < OLD.day), '');
  UPDATE session_gaps SET session_count = session_count - 1
  WHERE day = (SELECT MIN(day) FROM session_days WHERE session_id = OLD.session_id AND day > OLD.day)
    AND previous_day = OLD.day;
  INSERT INTO session_gaps (day, previous_day, session_count)
  SELECT next_day, COALESCE((SELECT MAX(day) FROM session_days WHERE session_id = OLD.session_id AND day < OLD.day), ''), 1
  FROM (SELECT (SELECT MIN(day) FROM session_days WHERE session_id = OLD.session_id AND day > OLD.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (day, previous_day) DO UPDATE SET session_count = session_count + 1;
END;

CREATE TRIGGER daily_stats_insert_user AFTER INSERT ON daily_stats BEGIN
  INSERT INTO user_gaps (day, previous_day, user_count)
  VALUES (NEW.day, COALESCE((SELECT MAX(day) FROM daily_stats WHERE user_key = NEW.user_key AND day < NEW.day), ''), 1)
  ON CONFLICT (day, previous_day) DO UPDATE SET user_count = user_count + 1;
  UPDATE user_gaps SET user_count = user_count - 1
  WHERE day = (SELECT MIN(day) FROM daily_stats WHERE user_key = NEW.user_key AND day > NEW.day)
    AND previous_day = COALESCE((SELECT MAX(day) FROM daily_stats WHERE user_key = NEW.user_key AND day < NEW.day), '');
  INSERT INTO user_gaps (day, previous_day, user_count)
  SELECT next_day, NEW.day, 1 FROM (SELECT (SELECT MIN(day) FROM daily_stats WHERE user_key = NEW.user_key AND day > NEW.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (day, previous_day) DO UPDATE SET user_count = user_count + 1;
END;

CREATE TRIGGER daily_stats_delete_user AFTER DELETE ON daily_stats BEGIN
  UPDATE user_gaps SET user_count = user_count - 1
  WHERE day = OLD.day
    AND previous_day = COALESCE((SELECT MAX(day) FROM daily_stats WHERE user_key = OLD.user_key AND day < OLD.day), '');
  UPDATE user_gaps SET user_count = user_count - 1
  WHERE day = (SELECT MIN(day) FROM daily_stats WHERE user_key = OLD.user_key AND day > OLD.day)
    AND previous_day = OLD.day;
  INSERT INTO user_gaps (day, previous_day, user_count)
  SELECT next_day, COALESCE((SELECT MAX(day) FROM daily_stats WHERE user_key = OLD.user_key AND day < OLD.day), ''), 1
  FROM (SELECT (SELECT MIN(day) FROM daily_stats WHERE user_key = OLD.user_key AND day > OLD.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (day, previous_day) DO UPDATE SET user_count = user_count + 1;
END;

-- What lists of sessions sort, filter and add up by, so that they read the index alone.
DROP INDEX sessions_by_start;
CREATE INDEX sessions_by_start ON sessions (start_time, id, interaction_count, error_count,
  unpriced_count, partial_count, token_count, total_cost);
DROP INDEX sessions_archive_by_start;
CREATE INDEX sessions_archive_by_start ON sessions_archive (start_time, id, interaction_count,
  error_count, unpriced_count, partial_count, token_count, total_cost);

-- What was there before the triggers.
INSERT INTO weekly_stats (week, user_key,
  interaction_count, error_count, unpriced_count, partial_count, unpriced_tokens, input_tokens,
  cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
  reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens,
  ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost, total_cost, cache_savings)
SELECT date(day, 'weekday 0', '-6 days'), user_key,
  SUM(interaction_count), SUM(error_count), SUM(unpriced_count), SUM(partial_count),
  SUM(unpriced_tokens), SUM(input_tokens), SUM(cache_read_tokens), SUM(cache_write_5m_tokens),
  SUM(cache_write_1h_tokens), SUM(output_tokens), SUM(reasoning_tokens), SUM(audio_in_tokens),
  SUM(audio_out_tokens), SUM(image_in_tokens), SUM(image_out_tokens), SUM(ai_tokens_cost),
  SUM(db_ops_cost), SUM(api_calls_cost), SUM(compute_time_cost), SUM(total_cost),
  SUM(cache_savings)
FROM daily_stats GROUP BY 1, 2;

INSERT INTO latency_weekly (week, provider, model, metric, counts)
SELECT week, provider, model, metric, json_group_object(CAST(bucket AS TEXT), count)
FROM (SELECT date(day, 'weekday 0', '-6 days') AS week, provider, model, metric, bucket,
        SUM(count) AS count
      FROM latency_histogram GROUP BY 1, 2, 3, 4, 5)
GROUP BY 1, 2, 3, 4;

INSERT INTO session_gaps (day, previous_day, session_count)
SELECT day, COALESCE(previous_day, ''), COUNT(*)
FROM (SELECT day, LAG(day) OVER (PARTITION BY session_id ORDER BY day) AS previous_day
      FROM (SELECT DISTINCT session_id, day FROM session_days))
GROUP BY 1, 2;

INSERT INTO user_gaps (day, previous_day, user_count)
SELECT day, COALESCE(previous_day, ''), COUNT(*)
FROM (SELECT day, LAG(day) OVER (PARTITION BY user_key ORDER BY day) AS previous_day
      FROM daily_stats)
GROUP BY 1, 2;

UPDATE ledger_state SET schema_version = 9;
