package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/girosync/girosync/server/databases"
)

// Reseal seals what older keys sealed with the newest one, in all databases, and
// returns how many secrets it did. One database's trouble stops no other.
func (h *Host) Reseal(ctx context.Context, progress databases.Progress) (sealed int, err error) {
	names, err := h.Databases.Names(ctx)
	if err != nil {
		return 0, err
	}
	var errs []error
	for i, name := range names {
		progress(i, len(names), "secrets of "+name)
		db, err := h.Databases.Open(ctx, name)
		if err == nil {
			var n int
			n, err = h.Sync.Reseal(ctx, db)
			sealed += n
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return sealed, errors.Join(errs...)
}
