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
