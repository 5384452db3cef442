//go:build !sqlite_fts5

package sqlite

// The program was built without full-text search, which it needs.
var _ = build_with_tag_sqlite_fts5
