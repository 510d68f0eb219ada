-- What the hourly verification walks, finds and corrects.

-- One row for each pass over the whole ledger; the open one (finished_at NULL) holds the place
-- where the next slice goes on.
CREATE TABLE integrity_passes (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  started_at        INTEGER NOT NULL,
  finished_at       INTEGER,
  stage             TEXT    NOT NULL CHECK (stage IN ('interactions', 'sessions', 'days', 'done')),
  -- Stage interactions: the last interaction_key; sessions: the last id; days: the last day.
  position          TEXT    NOT NULL,
  slice_count       INTEGER NOT NULL DEFAULT 0,
  interaction_count INTEGER NOT NULL DEFAULT 0,
  estimate_count    INTEGER NOT NULL DEFAULT 0,
  session_count     INTEGER NOT NULL DEFAULT 0,
  day_count         INTEGER NOT NULL DEFAULT 0,
  finding_count     INTEGER NOT NULL DEFAULT 0,
  repaired_count    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX integrity_passes_open ON integrity_passes (finished_at IS NULL)
  WHERE finished_at IS NULL;

-- Every difference, and the correction that was made in the same transaction.
CREATE TABLE integrity_findings (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  pass_id    INTEGER NOT NULL,
  found_at   INTEGER NOT NULL,
  -- Which rule was broken: daily_stats_equal_interactions, lines_equal_components, …
  check_name TEXT    NOT NULL,
  -- JSON: the key of the row at fault.
  subject    TEXT    NOT NULL,
  -- JSON objects of the columns that differ.
  expected   TEXT    NOT NULL,
  found      TEXT    NOT NULL,
  -- What was done about it; NULL where a person must look.
  correction TEXT
) STRICT;

CREATE INDEX integrity_findings_by_time ON integrity_findings (found_at);
CREATE INDEX integrity_findings_open ON integrity_findings (id) WHERE correction IS NULL;

-- The one run of a job that holds its lease.
CREATE UNIQUE INDEX job_runs_running ON job_runs (job) WHERE status = 'running';

-- Latencies that were counted before the triggers of the migration before this one were there.
INSERT INTO latency_daily (day, provider, model, metric, counts)
SELECT day, provider, model, metric, json_group_object(CAST(bucket AS TEXT), count)
FROM latency_histogram WHERE true GROUP BY day, provider, model, metric
ON CONFLICT (day, provider, model, metric) DO UPDATE SET counts = excluded.counts;

UPDATE ledger_state SET schema_version = 7;
