-- +goose Up
-- A provider's id may be known in several databases: a copy keeps it, and one
-- consent may serve two. Nothing was written here before.
DROP TABLE girosync_connection;
CREATE TABLE girosync_connection (
    provider    TEXT NOT NULL,
    external_id TEXT NOT NULL,
    db          TEXT NOT NULL,
    link        BIGINT NOT NULL,
    PRIMARY KEY (provider, external_id, db, link)
);
CREATE INDEX girosync_connection_db ON girosync_connection (db);

-- +goose Down
DROP TABLE girosync_connection;
CREATE TABLE girosync_connection (
    provider    TEXT NOT NULL,
    external_id TEXT NOT NULL,
    db          TEXT NOT NULL,
    link        BIGINT NOT NULL,
    PRIMARY KEY (provider, external_id)
);
