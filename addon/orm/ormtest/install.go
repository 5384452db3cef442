package ormtest

import (
	"testing"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
)

// Password is what the administrator of an installed database has.
const Password = "admin"

// Install opens a fresh database with addons installed, as an owner has it on
// the first day. setup.Directory is to be that of the addons.
func Install(t testing.TB, setup Setup, addons ...addon.Addon) *orm.Database {
	t.Helper()
	ordered, registry, err := addon.Join(addons...)
	if err != nil {
		t.Fatal(err)
	}
	db := Open(t, setup, registry, Store(t, setup.Kind))
	if err := addon.Install(t.Context(), db, ordered, addon.Setup{Password: Password}); err != nil {
		t.Fatal(err)
	}
	return db
}

// EachInstalled runs a test on both databases with addons installed; make
// gives the addons and their directory, anew for each.
func EachInstalled(t *testing.T, make func() (orm.Directory, []addon.Addon), test func(t *testing.T, db *orm.Database)) {
	for _, kind := range Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			directory, addons := make()
			test(t, Install(t, Setup{Kind: kind, Directory: directory}, addons...))
		})
	}
}
