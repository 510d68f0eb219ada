-- Sessions get keys, as users and interactions have: a source's id of 36 characters stood in every
-- interaction, in its index and in all that hangs on a session, and took an eighth of the ledger.

-- The ids that the sources gave. A name outlives archival, and is never removed.
CREATE TABLE session_ids (
  session_key INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE
) STRICT;

-- In the order of time, as new ones come: neighbours are read together.
INSERT INTO session_ids (id)
SELECT id FROM (SELECT id, start_time FROM sessions
                UNION ALL SELECT id, start_time FROM sessions_archive)
WHERE true ORDER BY start_time, id
ON CONFLICT DO NOTHING;
-- What a fault has left without its session keeps its name too.
INSERT INTO session_ids (id)
SELECT session_id FROM (
  SELECT session_id FROM interactions UNION SELECT session_id FROM interactions_archive
  UNION SELECT session_id FROM session_models UNION SELECT session_id FROM session_days)
WHERE true
ON CONFLICT DO NOTHING;

DROP INDEX interactions_by_session;
ALTER TABLE interactions ADD COLUMN session_key INTEGER NOT NULL DEFAULT 0;
UPDATE interactions
SET session_key = (SELECT n.session_key FROM session_ids n WHERE n.id = interactions.session_id);
ALTER TABLE interactions DROP COLUMN session_id;
CREATE INDEX interactions_by_session ON interactions (session_key, timestamp);

DROP INDEX interactions_archive_by_session;
ALTER TABLE interactions_archive ADD COLUMN session_key INTEGER NOT NULL DEFAULT 0;
UPDATE interactions_archive
SET session_key = (SELECT n.session_key FROM session_ids n
                   WHERE n.id = interactions_archive.session_id);
ALTER TABLE interactions_archive DROP COLUMN session_id;
CREATE INDEX interactions_archive_by_session ON interactions_archive (session_key, timestamp);

DROP TRIGGER sessions_update_start;
DROP TRIGGER sessions_archive_update_start;

CREATE TABLE new_sessions (
  session_key       INTEGER PRIMARY KEY,
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
) STRICT;
INSERT INTO new_sessions
SELECT n.session_key, s.user_key, s.start_time, s.end_time, s.last_seen, s.interaction_count,
  s.error_count, s.unpriced_count, s.partial_count, s.token_count, s.total_cost, s.mixed_users,
  s.first_ingest_id
FROM sessions s JOIN session_ids n ON n.id = s.id;
DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;

CREATE TABLE new_sessions_archive (
  session_key       INTEGER PRIMARY KEY,
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
) STRICT;
INSERT INTO new_sessions_archive
SELECT n.session_key, s.user_key, s.start_time, s.end_time, s.last_seen, s.interaction_count,
  s.error_count, s.unpriced_count, s.partial_count, s.token_count, s.total_cost, s.mixed_users,
  s.first_ingest_id
FROM sessions_archive s JOIN session_ids n ON n.id = s.id;
DROP TABLE sessions_archive;
ALTER TABLE new_sessions_archive RENAME TO sessions_archive;

-- What lists of sessions sort, filter and add up by, so that they read the index alone.
CREATE INDEX sessions_by_start ON sessions (start_time, session_key, interaction_count,
  error_count, unpriced_count, partial_count, token_count, total_cost);
CREATE INDEX sessions_archive_by_start ON sessions_archive (start_time, session_key,
  interaction_count, error_count, unpriced_count, partial_count, token_count, total_cost);
CREATE INDEX sessions_by_user ON sessions (user_key, start_time);
CREATE INDEX sessions_archive_by_user ON sessions_archive (user_key, start_time);
-- Archival walks sessions by their last event.
CREATE INDEX sessions_by_last_seen ON sessions (last_seen);

CREATE TABLE new_session_models (
  session_key INTEGER NOT NULL,
  provider    TEXT    NOT NULL,
  model       TEXT    NOT NULL,
  agent       TEXT    NOT NULL,
  -- When the session starts: what its models and agents are searched by.
  start_time  INTEGER NOT NULL,
  PRIMARY KEY (session_key, provider, model, agent)
) STRICT, WITHOUT ROWID;
INSERT INTO new_session_models
SELECT n.session_key, m.provider, m.model, m.agent, m.start_time
FROM session_models m JOIN session_ids n ON n.id = m.session_id ORDER BY n.session_key;
DROP TABLE session_models;
ALTER TABLE new_session_models RENAME TO session_models;
CREATE INDEX session_models_by_start
  ON session_models (start_time, model, agent, provider, session_key);

CREATE TRIGGER sessions_update_start AFTER UPDATE OF start_time ON sessions
WHEN NEW.start_time <> OLD.start_time BEGIN
  UPDATE session_models SET start_time = NEW.start_time WHERE session_key = NEW.session_key;
END;

CREATE TRIGGER sessions_archive_update_start AFTER UPDATE OF start_time ON sessions_archive
WHEN NEW.start_time <> OLD.start_time BEGIN
  UPDATE session_models SET start_time = NEW.start_time WHERE session_key = NEW.session_key;
END;

CREATE TABLE new_session_days (
  day         TEXT    NOT NULL,
  user_key    INTEGER NOT NULL,
  session_key INTEGER NOT NULL,
  PRIMARY KEY (day, user_key, session_key)
) STRICT, WITHOUT ROWID;
INSERT INTO new_session_days
SELECT d.day, d.user_key, n.session_key FROM session_days d JOIN session_ids n ON n.id = d.session_id
ORDER BY d.day, d.user_key, n.session_key;
DROP TABLE session_days;
ALTER TABLE new_session_days RENAME TO session_days;
CREATE INDEX session_days_by_session ON session_days (session_key, day);

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

CREATE TRIGGER session_days_insert_user AFTER INSERT ON session_days BEGIN
  INSERT INTO user_session_gaps (user_key, day, previous_day, session_count)
  VALUES (NEW.user_key, NEW.day, COALESCE((SELECT MAX(day) FROM session_days WHERE session_key = NEW.session_key AND user_key = NEW.user_key AND day < NEW.day), ''), 1)
  ON CONFLICT (user_key, day, previous_day) DO UPDATE SET session_count = session_count + 1;
  -- The day after had another one before it.
  UPDATE user_session_gaps SET session_count = session_count - 1
  WHERE user_key = NEW.user_key
    AND day = (SELECT MIN(day) FROM session_days WHERE session_key = NEW.session_key AND user_key = NEW.user_key AND day > NEW.day)
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE session_key = NEW.session_key AND user_key = NEW.user_key AND day < NEW.day), '');
  INSERT INTO user_session_gaps (user_key, day, previous_day, session_count)
  SELECT NEW.user_key, next_day, NEW.day, 1
  FROM (SELECT (SELECT MIN(day) FROM session_days WHERE session_key = NEW.session_key AND user_key = NEW.user_key AND day > NEW.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (user_key, day, previous_day) DO UPDATE SET session_count = session_count + 1;
END;

CREATE TRIGGER session_days_delete_user AFTER DELETE ON session_days BEGIN
  UPDATE user_session_gaps SET session_count = session_count - 1
  WHERE user_key = OLD.user_key AND day = OLD.day
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE session_key = OLD.session_key AND user_key = OLD.user_key AND day < OLD.day), '');
  UPDATE user_session_gaps SET session_count = session_count - 1
  WHERE user_key = OLD.user_key
    AND day = (SELECT MIN(day) FROM session_days WHERE session_key = OLD.session_key AND user_key = OLD.user_key AND day > OLD.day)
    AND previous_day = OLD.day;
  INSERT INTO user_session_gaps (user_key, day, previous_day, session_count)
  SELECT OLD.user_key, next_day, COALESCE((SELECT MAX(day) FROM session_days WHERE session_key = OLD.session_key AND user_key = OLD.user_key AND day < OLD.day), ''), 1
  FROM (SELECT (SELECT MIN(day) FROM session_days WHERE session_key = OLD.session_key AND user_key = OLD.user_key AND day > OLD.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (user_key, day, previous_day) DO UPDATE SET session_count = session_count + 1;
END;

-- A pass of the verification goes by users too: the sums by user within one model, provider, agent or
-- type are verified there, and need no index by day.
DROP INDEX daily_user_slices_by_day;

CREATE TABLE new_integrity_passes (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  started_at        INTEGER NOT NULL,
  finished_at       INTEGER,
  stage             TEXT    NOT NULL
                    CHECK (stage IN ('interactions', 'sessions', 'days', 'users', 'done')),
  -- Stage interactions: the last interaction_key; sessions: the last session_key; days: the last
  -- day; users: the last user_key.
  position          TEXT    NOT NULL,
  slice_count       INTEGER NOT NULL DEFAULT 0,
  interaction_count INTEGER NOT NULL DEFAULT 0,
  estimate_count    INTEGER NOT NULL DEFAULT 0,
  session_count     INTEGER NOT NULL DEFAULT 0,
  day_count         INTEGER NOT NULL DEFAULT 0,
  finding_count     INTEGER NOT NULL DEFAULT 0,
  repaired_count    INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Sessions have another order now: what walks them begins with the first one again.
INSERT INTO new_integrity_passes
SELECT id, started_at, finished_at, stage,
  iif(finished_at IS NULL AND stage = 'sessions', '', position), slice_count, interaction_count,
  estimate_count, session_count, day_count, finding_count, repaired_count
FROM integrity_passes;
DROP TABLE integrity_passes;
ALTER TABLE new_integrity_passes RENAME TO integrity_passes;
CREATE UNIQUE INDEX integrity_passes_open ON integrity_passes (finished_at IS NULL)
  WHERE finished_at IS NULL;
UPDATE zone_changes SET position = '' WHERE finished_at IS NULL AND stage = 'sessions';

UPDATE ledger_state SET schema_version = 12;
