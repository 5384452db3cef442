-- +goose Up
CREATE TABLE girosync_database (
    name       TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);
CREATE TABLE girosync_session (
    token_hash TEXT PRIMARY KEY,
    db         TEXT NOT NULL,
    uid        BIGINT NOT NULL,
    login      TEXT NOT NULL,
    lang       TEXT NOT NULL,
    tz         TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX girosync_session_user ON girosync_session (db, uid);
CREATE INDEX girosync_session_end ON girosync_session (expires_at);
CREATE TABLE girosync_plugin_trust (
    name       TEXT PRIMARY KEY,
    checksum   TEXT NOT NULL,
    trusted_at BIGINT NOT NULL
);
CREATE TABLE girosync_connection (
    provider    TEXT NOT NULL,
    external_id TEXT NOT NULL,
    db          TEXT NOT NULL,
    link        BIGINT NOT NULL,
    PRIMARY KEY (provider, external_id)
);

-- +goose Down
DROP TABLE girosync_connection;
DROP TABLE girosync_plugin_trust;
DROP TABLE girosync_session;
DROP TABLE girosync_database;
