package e2e

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

// models are hosts that never run: their data, with the database books, is what
// many hosts begin with a copy of.
var models modelHosts

type modelHosts struct {
	mu    sync.Mutex
	hosts map[database]*host
	drops []func()
}

// furnishedHost prepares a host that has the database books, as a new host with
// the usual plugins makes it.
func furnishedHost(t *testing.T, on database, env ...string) *host {
	t.Helper()
	model := models.of(t, on)
	store := ""
	if on == onPostgres {
		u, err := url.Parse(model.store)
		if err != nil {
			t.Fatal(err)
		}
		store = freshPostgres(t, strings.TrimPrefix(u.Path, "/"))
	}
	h := hostIn(t, store, env...)
	keys := filepath.Join(h.dir, "keyset.json")
	if err := errors.Join(os.CopyFS(h.dir, os.DirFS(model.dir)), os.Chmod(h.dir, 0o700), os.Chmod(keys, 0o600)); err != nil {
		t.Fatal(err)
	}
	h.db = model.db
	return h
}

func (m *modelHosts) of(t *testing.T, on database) *host {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if h := m.hosts[on]; h != nil {
		return h
	}
	store := ""
	if on == onPostgres {
		url, drop, err := dialecttest.NewDatabase(dialecttest.Postgres(t), dialecttest.Empty)
		if err != nil {
			t.Fatal(err)
		}
		store, m.drops = url, append(m.drops, drop)
	}
	h, err := makeHost("model-"+string(on), store)
	if err != nil {
		t.Fatal(err)
	}
	h.init(t, "books")
	if m.hosts == nil {
		m.hosts = map[database]*host{}
	}
	m.hosts[on] = h
	return h
}

// drop removes what lies outside the folder of this run.
func (m *modelHosts) drop() {
	for _, drop := range m.drops {
		drop()
	}
}
