package server_test

import (
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/server"
	"github.com/girosync/girosync/server/servertest"
)

// A key set is made for a new host only. One that is lost, or is another, is
// said, and the right one makes all well again.
func TestALostKeySetIsSaid(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			h := servertest.Furnished(t, kind)
			again := func(look func(host *server.Host, db *orm.Database)) {
				t.Helper()
				host, err := h.Open(io.Discard)
				must(t, err)
				defer func() {
					if err := host.Close(); err != nil {
						t.Error("close host:", err)
					}
				}()
				look(host, books(t, host))
			}
			again(func(host *server.Host, db *orm.Database) { sealOne(t, host, db) })
			kept := filepath.Join(h.Dir, "kept")
			must(t, os.Rename(h.Keys(), kept))
			again(func(host *server.Host, db *orm.Database) {
				if _, err := os.Stat(h.Keys()); !errors.Is(err, os.ErrNotExist) || !host.Keys.Missing() {
					t.Error("another key set was made")
				}
				for what, err := range map[string]error{
					"serve": host.Serve(t.Context(), nil, nil), "doctor": host.CheckSecrets(t.Context(), db),
				} {
					if !errors.Is(err, secret.ErrNoKeyset) || !strings.Contains(err.Error(), h.Keys()) {
						t.Errorf("%s: %v", what, err)
					}
				}
				must(t, host.Keys.Make())
			})
			again(func(host *server.Host, db *orm.Database) {
				if err := host.CheckSecrets(t.Context(), db); err == nil || !strings.Contains(err.Error(), "1 of 1") {
					t.Errorf("with another key set: %v", err)
				}
			})
			must(t, os.Rename(kept, h.Keys()))
			again(func(host *server.Host, db *orm.Database) {
				if err := host.CheckSecrets(t.Context(), db); err != nil {
					t.Errorf("with the right one again: %v", err)
				}
			})
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sealOne keeps the credentials of a connection.
func sealOne(t *testing.T, host *server.Host, db *orm.Database) {
	t.Helper()
	asSystem(t, db, func(env *orm.Env) error {
		database, err := base.Param(env, base.UUID, "")
		if err != nil {
			return err
		}
		sealed, err := host.Keys.Seal([]byte("token"), secret.LinkData(database, "one"))
		if err != nil {
			return err
		}
		_, err = env.Create("account.online.link", orm.Values{"name": "Bank", "uuid": "one", "company_id": int64(1),
			"secret": base64.StdEncoding.EncodeToString(sealed)})
		return err
	})
}
