-- What lists of users with their sessions and trends read, and a user's own page.

-- A user's weeks one after the other: the trends of some users over a long range.
CREATE INDEX weekly_stats_by_user ON weekly_stats (user_key, week);

-- session_gaps for each user: how many of the sessions in which a user was active on a day, by the
-- day on which the user was active in them before ('' for none).
CREATE TABLE user_session_gaps (
  user_key      INTEGER NOT NULL,
  day           TEXT    NOT NULL,
  previous_day  TEXT    NOT NULL,
  session_count INTEGER NOT NULL,
  PRIMARY KEY (user_key, day, previous_day)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER session_days_insert_user AFTER INSERT ON session_days BEGIN
  INSERT INTO user_session_gaps (user_key, day, previous_day, session_count)
  VALUES (NEW.user_key, NEW.day, COALESCE((SELECT MAX(day) FROM session_days WHERE session_id = NEW.session_id AND user_key = NEW.user_key AND day < NEW.day), ''), 1)
  ON CONFLICT (user_key, day, previous_day) DO UPDATE SET session_count = session_count + 1;
  -- The day after had another one before it.
  UPDATE user_session_gaps SET session_count = session_count - 1
  WHERE user_key = NEW.user_key
    AND day = (SELECT MIN(day) FROM session_days WHERE session_id = NEW.session_id AND user_key = NEW.user_key AND day > NEW.day)
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE session_id = NEW.session_id AND user_key = NEW.user_key AND day < NEW.day), '');
  INSERT INTO user_session_gaps (user_key, day, previous_day, session_count)
  SELECT NEW.user_key, next_day, NEW.day, 1
  FROM (SELECT (SELECT MIN(day) FROM session_days WHERE session_id = NEW.session_id AND user_key = NEW.user_key AND day > NEW.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (user_key, day, previous_day) DO UPDATE SET session_count = session_count + 1;
END;

CREATE TRIGGER session_days_delete_user AFTER DELETE ON session_days BEGIN
  UPDATE user_session_gaps SET session_count = session_count - 1
  WHERE user_key = OLD.user_key AND day = OLD.day
    AND previous_day = COALESCE((SELECT MAX(day) FROM session_days WHERE session_id = OLD.session_id AND user_key = OLD.user_key AND day < OLD.day), '');
  UPDATE user_session_gaps SET session_count = session_count - 1
  WHERE user_key = OLD.user_key
    AND day = (SELECT MIN(day) FROM session_days WHERE session_id = OLD.session_id AND user_key = OLD.user_key AND day > OLD.day)
    AND previous_day = OLD.day;
  INSERT INTO user_session_gaps (user_key, day, previous_day, session_count)
  SELECT OLD.user_key, next_day, COALESCE((SELECT MAX(day) FROM session_days WHERE session_id = OLD.session_id AND user_key = OLD.user_key AND day < OLD.day), ''), 1
  FROM (SELECT (SELECT MIN(day) FROM session_days WHERE session_id = OLD.session_id AND user_key = OLD.user_key AND day > OLD.day) AS next_day)
  WHERE next_day IS NOT NULL
  ON CONFLICT (user_key, day, previous_day) DO UPDATE SET session_count = session_count + 1;
END;

-- What was there before the triggers.
INSERT INTO user_session_gaps (user_key, day, previous_day, session_count)
SELECT user_key, day, COALESCE(previous_day, ''), COUNT(*)
FROM (SELECT user_key, day,
        LAG(day) OVER (PARTITION BY session_id, user_key ORDER BY day) AS previous_day
      FROM session_days)
GROUP BY 1, 2, 3;

UPDATE ledger_state SET schema_version = 10;
