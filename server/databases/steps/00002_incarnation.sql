-- +goose Up
-- A name can be given to another database while a host has the first one open:
-- every database that is made has its own incarnation.
ALTER TABLE girosync_database ADD COLUMN incarnation TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE girosync_database DROP COLUMN incarnation;
