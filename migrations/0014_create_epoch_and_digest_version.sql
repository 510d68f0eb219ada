-- What tells a ledger that was set back from the one that it was before, and rules by which a digest
-- was made from those of today.

-- Random, and renewed after a restore: versions of the book and of the ledger run through the same
-- numbers again, and what isolates and browsers remember belongs to the old ones.
ALTER TABLE ledger_state ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
UPDATE ledger_state SET epoch = 1 + (random() & 70368744177663);

-- Digests are compared only where they were made by the same rules.
ALTER TABLE interactions ADD COLUMN digest_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE interactions_archive ADD COLUMN digest_version INTEGER NOT NULL DEFAULT 1;

UPDATE ledger_state SET schema_version = 14;
