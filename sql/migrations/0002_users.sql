-- migrate:up
-- Accounts, and the channels they own: at most five active ones each.
CREATE TABLE users.accounts (
    user_id             uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    email               text          NOT NULL UNIQUE,
    subscription_tier   text,
    created_at          timestamptz   NOT NULL DEFAULT now(),
    target_revenue      numeric(18,6) DEFAULT 10000.00,         -- dollars a month
    is_active           boolean       NOT NULL DEFAULT true
);

CREATE TABLE users.channels (
    channel_id          text          PRIMARY KEY,              -- YouTube's
    user_id             uuid          NOT NULL REFERENCES users.accounts (user_id),
    channel_name        text,
    niche               text,
    created_at          timestamptz   NOT NULL DEFAULT now(),
    is_active           boolean       NOT NULL DEFAULT true
);

CREATE INDEX idx_channels_user ON users.channels (user_id);

-- Which account a database login of role ytempire_tenant is.
CREATE TABLE users.logins (
    login               name          PRIMARY KEY,
    user_id             uuid          NOT NULL REFERENCES users.accounts (user_id),
    created_at          timestamptz   NOT NULL DEFAULT now()
);

CREATE INDEX idx_logins_user ON users.logins (user_id);

-- A CHECK cannot count other rows. The account's row is written, not only locked: so the second of two sessions waits
-- for the first and then counts what it left, and fails to serialise where it could not see it.
CREATE FUNCTION users.check_channel_count() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    others integer;
BEGIN
    IF NOT NEW.is_active THEN
        RETURN NEW;
    END IF;
    UPDATE users.accounts SET is_active = is_active WHERE user_id = NEW.user_id;
    SELECT count(*) INTO others
      FROM users.channels
     WHERE user_id = NEW.user_id AND is_active AND channel_id <> NEW.channel_id;
    IF others >= 5 THEN
        RAISE EXCEPTION 'account % has five active channels already', NEW.user_id
            USING ERRCODE = 'check_violation', SCHEMA = 'users', TABLE = 'channels',
                  CONSTRAINT = 'max_channels_per_user', HINT = 'deactivate one of them first';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER max_channels_per_user
    BEFORE INSERT OR UPDATE OF channel_id, user_id, is_active ON users.channels
    FOR EACH ROW EXECUTE FUNCTION users.check_channel_count();

-- The account that owns public market data (trending charts). Nobody logs in as it, it pays nothing, and its channels
-- are in analytics.dim_channel only, so that the rule of five does not touch them.
INSERT INTO users.accounts (user_id, email, subscription_tier, target_revenue, is_active)
VALUES ('00000000-0000-4000-8000-000000000001', 'market-data@ytempire.invalid', 'market-data', NULL, false);

-- migrate:down
DROP TABLE users.logins;
DROP TABLE users.channels;
DROP FUNCTION users.check_channel_count();
DROP TABLE users.accounts;
