-- Sign-ins of browsers that were ended: a cookie is checked without a table, but for this one. A row
-- lives for as long as its cookie could have.
CREATE TABLE signed_out (
  sign_in_id TEXT    PRIMARY KEY,
  -- Unix milliseconds: when the cookie ends by itself.
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX signed_out_by_expiry ON signed_out (expires_at);

-- A key that comes past the API (`make key`, or by hand) leaves its entry too. The API writes its own
-- entry first, in the same batch.
CREATE TRIGGER api_keys_insert_audit AFTER INSERT ON api_keys
WHEN NOT EXISTS (SELECT 1 FROM admin_audit
                 WHERE action = 'key.create' AND subject = NEW.id)
BEGIN
  INSERT INTO admin_audit (at, actor, action, subject, detail)
  VALUES (NEW.created_at, 'machine', 'key.create', NEW.id,
    json_object('name', NEW.name, 'scopes', NEW.scopes, 'user_id', NEW.user_id,
      'expires_at', NEW.expires_at));
END;

UPDATE ledger_state SET schema_version = 15;
