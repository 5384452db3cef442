-- +goose Up
-- What a person sees of their log-ins, and when each was last used.
ALTER TABLE girosync_session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE girosync_session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE girosync_session ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
-- Wrong log-ins. Keys are hashes: people type passwords into the field for the login.
CREATE TABLE girosync_login_failure (
    key          TEXT PRIMARY KEY,
    person       TEXT NOT NULL, -- hash of database and login; '' for an address alone
    failures     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL, -- milliseconds
    locked_until BIGINT NOT NULL
);
CREATE INDEX girosync_login_failure_person ON girosync_login_failure (person);
CREATE INDEX girosync_login_failure_last ON girosync_login_failure (last_at);
-- The addresses that people logged in from.
CREATE TABLE girosync_login_address (
    key     TEXT PRIMARY KEY, -- hash of database, login and address
    last_at BIGINT NOT NULL
);
CREATE INDEX girosync_login_address_last ON girosync_login_address (last_at);

-- +goose Down
DROP TABLE girosync_login_address;
DROP TABLE girosync_login_failure;
ALTER TABLE girosync_session DROP COLUMN used_at;
ALTER TABLE girosync_session DROP COLUMN agent;
ALTER TABLE girosync_session DROP COLUMN address;
