-- What may be used, by whom, and what was: plans, who has which, their periods, and the counters that move
-- in the event's own transaction.
--
-- Days are those of the reporting time zone; `end_day` is the first day after. A subject is a text:
-- `user:<user_key>`, `tenant:<tenant_id>`, `installation`, or `default`, which stands for every user who
-- has no subscription of their own on a day.

-- Truth: the names of plans.
CREATE TABLE plans (
  plan_id    TEXT    PRIMARY KEY,
  name       TEXT    NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Truth: what a plan says. A row never changes.
CREATE TABLE plan_versions (
  plan_id      TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  period_unit  TEXT    NOT NULL CHECK (period_unit IN ('day', 'week', 'month')),
  period_count INTEGER NOT NULL CHECK (period_count BETWEEN 1 AND 36),
  -- JSON: meter, included (picodollars or a count; null is unlimited), overage (amount in picodollars for
  -- each `per`, picodollars or a count), thresholds in percent. A meter stands there once.
  meters       TEXT    NOT NULL,
  at_limit     TEXT    NOT NULL CHECK (at_limit IN ('allow', 'refuse')),
  reason       TEXT,
  created_at   INTEGER NOT NULL,
  created_by   TEXT    NOT NULL,
  PRIMARY KEY (plan_id, version)
) STRICT, WITHOUT ROWID;

-- Truth: who has a plan. Of one subject no two overlap.
CREATE TABLE subscriptions (
  subscription_id TEXT    PRIMARY KEY,
  subject         TEXT    NOT NULL,
  from_day        TEXT    NOT NULL,
  -- The first day without it; NULL where it has no end.
  until_day       TEXT,
  -- Whom a billing service knows the payer as.
  customer        TEXT,
  -- JSON: who pays, where it is not the subject.
  billed_to       TEXT,
  -- On this day the next period is to be made: the first day of the last one that is made, so that there
  -- is always a whole one ahead. NULL once there is none to come.
  opens_on        TEXT,
  -- Moves with every change: what a change was made from is what it is written to.
  revision        INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  created_by      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX subscriptions_by_subject ON subscriptions (subject, from_day, until_day);
CREATE INDEX subscriptions_to_open ON subscriptions (opens_on) WHERE opens_on IS NOT NULL;

-- Truth: which version of which plan a subscription has from a day on, and from where its periods are counted.
CREATE TABLE subscription_terms (
  subscription_id TEXT    NOT NULL,
  from_day        TEXT    NOT NULL,
  plan_id         TEXT    NOT NULL,
  version         INTEGER NOT NULL,
  -- Period n begins n periods after it: never after the previous one.
  base_day        TEXT    NOT NULL,
  -- Of months the day, of weeks the weekday (Monday is 1); NULL of days.
  anchor_day      INTEGER,
  PRIMARY KEY (subscription_id, from_day)
) STRICT, WITHOUT ROWID;

CREATE INDEX subscription_terms_by_plan ON subscription_terms (plan_id);

-- Truth once it is closed, before that made from the terms: two instants, half-open.
CREATE TABLE plan_periods (
  period_id       INTEGER PRIMARY KEY,
  subscription_id TEXT    NOT NULL,
  subject         TEXT    NOT NULL,
  first_day       TEXT    NOT NULL,
  end_day         TEXT    NOT NULL,
  -- Days of the whole period of which this is all or a part.
  whole_days      INTEGER NOT NULL,
  starts_at       INTEGER NOT NULL,
  ends_at         INTEGER NOT NULL,
  -- The zone whose midnights the two instants are.
  zone            TEXT    NOT NULL,
  -- Whether it is open or in grace is a matter of the clock; closed is a deed.
  closed_at       INTEGER,
  -- ledger_state.ledger_version as it was closed.
  closed_version  INTEGER,
  UNIQUE (subscription_id, first_day),
  CHECK (first_day < end_day),
  CHECK ((closed_at IS NULL) = (closed_version IS NULL))
) STRICT;

CREATE INDEX plan_periods_to_close ON plan_periods (ends_at) WHERE closed_at IS NULL;
CREATE INDEX plan_periods_by_close ON plan_periods (closed_at) WHERE closed_at IS NOT NULL;
-- What a change of the zone leaves behind is found by its old name.
CREATE INDEX plan_periods_by_zone ON plan_periods (zone) WHERE closed_at IS NULL;
CREATE INDEX plan_periods_by_subject ON plan_periods (subject, end_day);

-- The part of a period under one version of one plan.
CREATE TABLE plan_segments (
  segment_id INTEGER PRIMARY KEY,
  period_id  INTEGER NOT NULL,
  subject    TEXT    NOT NULL,
  first_day  TEXT    NOT NULL,
  end_day    TEXT    NOT NULL,
  -- Days from its first one to the end of the whole period.
  left_days  INTEGER NOT NULL,
  plan_id    TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  -- As its period: what moves a closed one is an adjustment too.
  is_closed  INTEGER NOT NULL CHECK (is_closed IN (0, 1)),
  UNIQUE (period_id, first_day),
  CHECK (first_day < end_day)
) STRICT;

CREATE INDEX plan_segments_by_subject ON plan_segments (subject, end_day);
CREATE INDEX plan_segments_closed ON plan_segments (subject, end_day) WHERE is_closed = 1;

-- Marginal of daily_stats: what was used in a segment. `user_key` is 0 but for the subject `default`.
-- Nothing here is ever set back: the next period is the next row. A row that is missing is nothing used.
CREATE TABLE plan_counters (
  segment_id     INTEGER NOT NULL,
  user_key       INTEGER NOT NULL,
  cost           INTEGER NOT NULL,
  tokens         INTEGER NOT NULL,
  interactions   INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL,
  partial_count  INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  PRIMARY KEY (segment_id, user_key)
) STRICT, WITHOUT ROWID;

-- Truth: what moved a counter after its period was closed. It is charged with the subject's first period
-- that begins on `after_day` or later: the end of the last period that was closed as it came. What a period
-- was closed with is its counter less these.
CREATE TABLE plan_adjustments (
  subject        TEXT    NOT NULL,
  user_key       INTEGER NOT NULL,
  after_day      TEXT    NOT NULL,
  segment_id     INTEGER NOT NULL,
  cost           INTEGER NOT NULL,
  tokens         INTEGER NOT NULL,
  interactions   INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL,
  partial_count  INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  PRIMARY KEY (subject, user_key, after_day, segment_id)
) STRICT, WITHOUT ROWID;

-- Truth: where a counter differed from its recount, and what was done.
CREATE TABLE plan_drifts (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  found_at   INTEGER NOT NULL,
  segment_id INTEGER NOT NULL,
  user_key   INTEGER NOT NULL,
  -- JSON arrays: cost, tokens, interactions, unpriced_count, partial_count, unpriced_tokens.
  expected   TEXT    NOT NULL,
  found      TEXT    NOT NULL
) STRICT;

CREATE INDEX plan_drifts_by_time ON plan_drifts (found_at);

-- The counters hang on the one place that moves every sum (migration 0004): whoever moves a sum, moves them.
CREATE TRIGGER rollup_moves_count INSTEAD OF INSERT ON rollup_moves BEGIN
  INSERT INTO plan_counters (segment_id, user_key, cost, tokens, interactions, unpriced_count, partial_count,
    unpriced_tokens)
  SELECT s.segment_id, iif(s.subject = 'default', NEW.user_key, 0), NEW.total_cost,
    NEW.input_tokens + NEW.cache_read_tokens + NEW.cache_write_5m_tokens + NEW.cache_write_1h_tokens
      + NEW.output_tokens + NEW.reasoning_tokens + NEW.audio_in_tokens + NEW.audio_out_tokens
      + NEW.image_in_tokens + NEW.image_out_tokens,
    NEW.interaction_count, NEW.unpriced_count, NEW.partial_count, NEW.unpriced_tokens
  FROM plan_segments s
  WHERE s.subject IN ('user:' || NEW.user_key, 'default', 'installation',
      'tenant:' || (SELECT tenant_id FROM users WHERE user_key = NEW.user_key))
    AND s.end_day > NEW.day AND s.first_day <= NEW.day
    AND (s.subject <> 'default' OR (
      NOT EXISTS (SELECT 1 FROM subscriptions o WHERE o.subject = 'user:' || NEW.user_key
        AND o.from_day <= NEW.day AND (o.until_day IS NULL OR o.until_day > NEW.day))
      AND EXISTS (SELECT 1 FROM users u WHERE u.user_key = NEW.user_key AND u.user_id <> '')))
  ON CONFLICT (segment_id, user_key) DO UPDATE SET
    cost = cost + excluded.cost,
    tokens = tokens + excluded.tokens,
    interactions = interactions + excluded.interactions,
    unpriced_count = unpriced_count + excluded.unpriced_count,
    partial_count = partial_count + excluded.partial_count,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens;
  INSERT INTO plan_adjustments (subject, user_key, after_day, segment_id, cost, tokens, interactions,
    unpriced_count, partial_count, unpriced_tokens)
  SELECT s.subject, iif(s.subject = 'default', NEW.user_key, 0),
    (SELECT MAX(p.end_day) FROM plan_periods p WHERE p.subject = s.subject AND p.closed_at IS NOT NULL),
    s.segment_id, NEW.total_cost,
    NEW.input_tokens + NEW.cache_read_tokens + NEW.cache_write_5m_tokens + NEW.cache_write_1h_tokens
      + NEW.output_tokens + NEW.reasoning_tokens + NEW.audio_in_tokens + NEW.audio_out_tokens
      + NEW.image_in_tokens + NEW.image_out_tokens,
    NEW.interaction_count, NEW.unpriced_count, NEW.partial_count, NEW.unpriced_tokens
  FROM plan_segments s INDEXED BY plan_segments_closed
  WHERE s.is_closed = 1
    AND s.subject IN ('user:' || NEW.user_key, 'default', 'installation',
      'tenant:' || (SELECT tenant_id FROM users WHERE user_key = NEW.user_key))
    AND s.end_day > NEW.day AND s.first_day <= NEW.day
    AND (s.subject <> 'default' OR (
      NOT EXISTS (SELECT 1 FROM subscriptions o WHERE o.subject = 'user:' || NEW.user_key
        AND o.from_day <= NEW.day AND (o.until_day IS NULL OR o.until_day > NEW.day))
      AND EXISTS (SELECT 1 FROM users u WHERE u.user_key = NEW.user_key AND u.user_id <> '')))
  ON CONFLICT (subject, user_key, after_day, segment_id) DO UPDATE SET
    cost = cost + excluded.cost,
    tokens = tokens + excluded.tokens,
    interactions = interactions + excluded.interactions,
    unpriced_count = unpriced_count + excluded.unpriced_count,
    partial_count = partial_count + excluded.partial_count,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens;
END;

UPDATE ledger_state SET schema_version = 6;
