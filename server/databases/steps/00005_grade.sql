-- +goose Up
-- What an examination of a plugin's program came to, by the program's checksum.
CREATE TABLE girosync_plugin_grade (
    checksum    TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    grade       TEXT NOT NULL,
    examined_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE girosync_plugin_grade;
