package databases

import (
	"context"
	"time"
)

// GradePlugin records what an examination of a program came to, such as "full
// marks (18 of 18)". checksum is the program's (SHA-256, hex).
func (s *System) GradePlugin(ctx context.Context, name, checksum, grade string, now time.Time) error {
	_, err := s.db.ExecContext(ctx,
		`INSERT INTO girosync_plugin_grade (checksum, name, grade, examined_at) VALUES ($1, $2, $3, $4)
		 ON CONFLICT (checksum) DO UPDATE SET name = excluded.name, grade = excluded.grade, examined_at = excluded.examined_at`,
		checksum, name, grade, now.Unix())
	if err != nil {
		return storeError(err, "grade plugin %s", name)
	}
	return nil
}

// PluginGrades returns the recorded grades by checksum.
func (s *System) PluginGrades(ctx context.Context) (map[string]string, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT checksum, grade FROM girosync_plugin_grade`)
	if err != nil {
		return nil, storeError(err, "read the grades of plugins")
	}
	defer rows.Close()
	grades := map[string]string{}
	for rows.Next() {
		var checksum, grade string
		if err := rows.Scan(&checksum, &grade); err != nil {
			return nil, storeError(err, "read the grades of plugins")
		}
		grades[checksum] = grade
	}
	if err := rows.Err(); err != nil {
		return nil, storeError(err, "read the grades of plugins")
	}
	return grades, nil
}
