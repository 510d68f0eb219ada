-- Moving the installation to another reporting time zone.

-- One row for each change; the open one (finished_at NULL) holds the place where it goes on.
CREATE TABLE zone_changes (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  from_zone     TEXT    NOT NULL,
  to_zone       TEXT    NOT NULL,
  started_at    INTEGER NOT NULL,
  finished_at   INTEGER,
  stage         TEXT    NOT NULL CHECK (stage IN ('interactions', 'sessions')),
  -- Stage interactions: the last interaction_key; sessions: the last id.
  position      TEXT    NOT NULL,
  -- The newest interaction_key at the beginning: later ones have the new zone's day.
  last_key      INTEGER NOT NULL,
  checked_count INTEGER NOT NULL DEFAULT 0,
  moved_count   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX zone_changes_open ON zone_changes (finished_at IS NULL)
  WHERE finished_at IS NULL;

UPDATE ledger_state SET schema_version = 8;
