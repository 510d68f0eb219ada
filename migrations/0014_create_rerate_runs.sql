-- Estimating again what is recorded.

-- One row for each run; the open one (finished_at NULL) holds the place where it goes on.
CREATE TABLE rerate_runs (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The key's public half.
  requested_by    TEXT    NOT NULL,
  reason          TEXT    NOT NULL,
  -- JSON: the range of days, and what narrows it.
  filter          TEXT    NOT NULL,
  started_at      INTEGER NOT NULL,
  finished_at     INTEGER,
  -- The last interaction that it looked at: its start, and its key.
  place_timestamp INTEGER NOT NULL,
  place_key       INTEGER NOT NULL,
  -- The attempt that wrote last: what its batch asks whether it took the turn.
  write_token     INTEGER NOT NULL,
  -- JSON: what changed, by day, model and user, with examples.
  changes         TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX rerate_runs_open ON rerate_runs (finished_at IS NULL)
  WHERE finished_at IS NULL;

UPDATE ledger_state SET schema_version = 14;
