-- What tells a ledger that was set back from the one that it was before, and rules by which a digest
-- was made from those of today.

-- Random, and renewed after a restore: versions of the book and of the ledger run through the same
-- numbers again, and what isolates and browsers remember belongs to the old ones.
ALTER TABLE ledger_state ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
UPDATE ledger_state SET epoch = 1 + (random() & 70368744177663);

-- Digests are compared only where they were made by the same rules.
ALTER TABLE interactions ADD COLUMN digest_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE interactions_archive ADD COLUMN digest_version INTEGER NOT NULL DEFAULT 1;

-- Spans of native OpenTelemetry: what a span is, and whose, is known only with its trace, which may
-- arrive in many bodies.

-- Moves with every batch that takes interactions out again; what reads over several batches looks at it.
ALTER TABLE ledger_state ADD COLUMN withdrawal_count INTEGER NOT NULL DEFAULT 0;

CREATE TABLE trace_memory (
  trace_id  TEXT    PRIMARY KEY,
  -- Moves with every body that adds to the trace. A batch made with another version sets NULL here and
  -- is kept out whole.
  version   INTEGER NOT NULL,
  forget_at INTEGER NOT NULL,
  -- JSON: the spans that are known, and what is recorded of each.
  spans     TEXT    NOT NULL
) STRICT;
CREATE INDEX trace_memory_by_end ON trace_memory (forget_at);

-- Spans that show a call for which another one stands: a repeat is known for good.
CREATE TABLE joined_spans (
  id             TEXT    PRIMARY KEY,
  -- The interaction of the same call; NULL for a sum of several.
  part_of        TEXT,
  body_hash      BLOB    NOT NULL CHECK (length(body_hash) = 16),
  digest_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

UPDATE ledger_state SET schema_version = 15;
