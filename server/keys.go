package server

import (
	"context"
	"fmt"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/secret"
)

// makeKeys makes the key set of a host that has none yet. Where a database holds
// credentials that another one sealed, none is made: the file was lost, or its
// disk is not there, and a new key would open nothing.
func (h *Host) makeKeys(ctx context.Context) error {
	if !h.Keys.Missing() {
		return nil
	}
	names, err := h.Databases.Names(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		db, err := h.Databases.Open(ctx, name)
		if err != nil {
			h.log.Error("no key set is made: a database cannot be looked into", "database", name, "error", err)
			return nil
		}
		stored, _, err := h.Sync.Secrets(ctx, db)
		if err != nil || stored > 0 {
			h.log.Error("no key set is made: credentials are sealed with the missing one", "database", name, "stored", stored, "error", err)
			return nil
		}
	}
	return h.Keys.Make()
}

// keysMissing says what to do about a key set that is not there.
func (h *Host) keysMissing() error {
	return fmt.Errorf("%w: %s is not there, and stored bank credentials are sealed with it. Put the file back from its backup. "+
		"If it is lost, \"girosync key new\" makes another; every connection then has to be reconnected", secret.ErrNoKeyset, h.Keys.Path())
}

// CheckSecrets opens the stored credentials of a database; an error says how
// many the key set does not open.
func (h *Host) CheckSecrets(ctx context.Context, db *orm.Database) error {
	stored, lost, err := h.Sync.Secrets(ctx, db)
	switch {
	case err != nil:
		return err
	case lost > 0 && h.Keys.Missing():
		return h.keysMissing()
	case lost > 0:
		return fmt.Errorf("%d of %d stored credentials cannot be opened: %s is not the key set that sealed them. "+
			"Put the right file back, or reconnect the connections", lost, stored, h.Keys.Path())
	}
	return nil
}
