-- What the query API adds: the histogram in the shape that percentiles over months read, moved by
-- triggers, so that whoever writes the histogram moves it too.

-- A day's histogram of a model in one row: percentiles of 90 days read two thousand rows instead of
-- forty thousand.
CREATE TABLE latency_daily (
  day      TEXT NOT NULL,
  provider TEXT NOT NULL,
  model    TEXT NOT NULL,
  metric   TEXT NOT NULL,
  -- JSON object: bucket -> count.
  counts   TEXT NOT NULL,
  PRIMARY KEY (day, provider, model, metric)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER latency_histogram_insert AFTER INSERT ON latency_histogram BEGIN
  INSERT INTO latency_daily (day, provider, model, metric, counts)
  VALUES (NEW.day, NEW.provider, NEW.model, NEW.metric,
    json_object(CAST(NEW.bucket AS TEXT), NEW.count))
  ON CONFLICT (day, provider, model, metric) DO UPDATE SET
    counts = json_set(counts, '$."' || NEW.bucket || '"', NEW.count);
END;

CREATE TRIGGER latency_histogram_update AFTER UPDATE ON latency_histogram BEGIN
  UPDATE latency_daily SET counts = json_set(counts, '$."' || NEW.bucket || '"', NEW.count)
  WHERE day = NEW.day AND provider = NEW.provider AND model = NEW.model AND metric = NEW.metric;
END;

CREATE TRIGGER latency_histogram_delete AFTER DELETE ON latency_histogram BEGIN
  UPDATE latency_daily SET counts = json_remove(counts, '$."' || OLD.bucket || '"')
  WHERE day = OLD.day AND provider = OLD.provider AND model = OLD.model AND metric = OLD.metric;
END;
