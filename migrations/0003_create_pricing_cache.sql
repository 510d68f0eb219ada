-- The price book: append-only, dated, sourced. A change closes a row and opens one.

-- Truth: every price row there ever was.
CREATE TABLE prices (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  provider         TEXT    NOT NULL,
  -- '' for what has no model.
  model            TEXT    NOT NULL,
  resource_type    TEXT    NOT NULL,
  region           TEXT    NOT NULL,
  service_tier     TEXT    NOT NULL,
  -- The smallest count of all input tokens at which the row applies.
  min_context      INTEGER NOT NULL CHECK (min_context >= 0),
  -- '' or a weekly time window in UTC, for example 'mon-fri 16:30-00:30'.
  schedule         TEXT    NOT NULL,
  -- Picodollars per `per` units.
  rate             INTEGER NOT NULL CHECK (rate >= 0),
  per              INTEGER NOT NULL CHECK (per > 0),
  currency         TEXT    NOT NULL,
  -- Half-open: valid_from <= price_time < valid_to.
  valid_from       INTEGER NOT NULL,
  valid_from_basis TEXT    NOT NULL CHECK (valid_from_basis IN ('stated', 'observed', 'assumed')),
  valid_to         INTEGER,
  source           TEXT    NOT NULL,
  source_revision  TEXT    NOT NULL,
  status           TEXT    NOT NULL CHECK (status IN ('active', 'quarantined', 'rejected')),
  -- Why a row is quarantined, or what an operator gave as reason.
  reason           TEXT,
  observed_at      INTEGER NOT NULL,
  cache_ttl_s      INTEGER NOT NULL,
  CHECK (valid_to IS NULL OR valid_to >= valid_from)
) STRICT;

CREATE INDEX prices_by_key ON prices
  (provider, model, resource_type, region, service_tier, min_context, schedule, valid_from);
-- One open, active row for a key.
CREATE UNIQUE INDEX prices_open ON prices
  (provider, model, resource_type, region, service_tier, min_context, schedule)
  WHERE valid_to IS NULL AND status = 'active';
CREATE INDEX prices_waiting ON prices (status) WHERE status <> 'active';
-- Marks on charts: what changed in a period.
CREATE INDEX prices_by_start ON prices (valid_from);

-- Truth: each source's latest word on a key; merged into `prices`.
CREATE TABLE price_quotes (
  source           TEXT    NOT NULL,
  provider         TEXT    NOT NULL,
  model            TEXT    NOT NULL,
  resource_type    TEXT    NOT NULL,
  region           TEXT    NOT NULL,
  service_tier     TEXT    NOT NULL,
  min_context      INTEGER NOT NULL,
  schedule         TEXT    NOT NULL,
  valid_from       INTEGER NOT NULL,
  valid_to         INTEGER,
  rate             INTEGER NOT NULL,
  per              INTEGER NOT NULL,
  source_revision  TEXT    NOT NULL,
  PRIMARY KEY (provider, model, resource_type, region, service_tier, min_context, schedule,
               valid_from, source)
) STRICT, WITHOUT ROWID;

-- Truth: what was read of each source. A sync that finds nothing new touches only this table.
CREATE TABLE price_sources (
  source        TEXT    PRIMARY KEY,
  etag          TEXT,
  content_hash  TEXT,
  model_count   INTEGER NOT NULL,
  rate_count    INTEGER NOT NULL,
  skipped_count INTEGER NOT NULL,
  checked_at    INTEGER,
  changed_at    INTEGER,
  last_error    TEXT
) STRICT, WITHOUT ROWID;

-- Truth: an operator's word, or a list's, on what a model's name means.
CREATE TABLE model_aliases (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  provider   TEXT    NOT NULL,
  alias      TEXT    NOT NULL,
  model      TEXT    NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to   INTEGER,
  source     TEXT    NOT NULL,
  reason     TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX model_aliases_by_alias ON model_aliases (provider, alias, valid_from);

-- Truth: an operator's word on which provider a LibreChat endpoint really is.
CREATE TABLE provider_mappings (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  endpoint   TEXT    NOT NULL,
  provider   TEXT    NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to   INTEGER,
  reason     TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX provider_mappings_by_endpoint ON provider_mappings (endpoint, valid_from);

CREATE VIEW pricing_cache AS
SELECT p.provider, p.resource_type, p.model, p.region, p.service_tier, p.min_context, p.schedule,
       p.rate, p.per, p.currency,
       COALESCE(s.checked_at, p.observed_at) AS updated_at,
       p.cache_ttl_s AS cache_ttl
FROM prices p LEFT JOIN price_sources s ON s.source = p.source
WHERE p.valid_to IS NULL AND p.status = 'active';

UPDATE ledger_state SET schema_version = 3;
