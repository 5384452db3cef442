-- +goose Up
-- What the last check found wrong in a database's file: '' for nothing. Seconds; 0 before the first.
ALTER TABLE girosync_database ADD COLUMN damage TEXT NOT NULL DEFAULT '';
ALTER TABLE girosync_database ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE girosync_database DROP COLUMN checked_at;
ALTER TABLE girosync_database DROP COLUMN damage;
