package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

// furnishedHost prepares a host that has the database books, as a new host with
// the usual plugins makes it.
func furnishedHost(t *testing.T, on database, env ...string) *host {
	t.Helper()
	model := models.of(t, on)
	store := ""
	if on == onPostgres {
		name, err := dialecttest.Named(model.store)
		if err != nil {
			t.Fatal(err)
		}
		store = freshPostgres(t, name)
	}
	h := hostIn(t, store, env...)
	keys := filepath.Join(h.dir, "keyset.json")
	if err := errors.Join(os.CopyFS(h.dir, os.DirFS(model.dir)), os.Chmod(h.dir, 0o700), os.Chmod(keys, 0o600)); err != nil {
		t.Fatal(err)
	}
	h.db = model.db
	return h
}
