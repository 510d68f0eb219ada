
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
