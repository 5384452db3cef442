package e2e

import (
	"errors"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

// shared are the demonstrations that several scenarios look at and change only
// by synchronising.
var shared demos

type demos struct {
	mu    sync.Mutex
	hosts map[database]*host
	drops []func()
}

// demo returns a demonstration that runs.
func demo(t *testing.T, on database) *host {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if h := shared.hosts[on]; h != nil {
		return h
	}
	store := ""
	if on == onPostgres {
		url, drop, err := makePostgres(dialecttest.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		store, shared.drops = url, append(shared.drops, drop)
	}
	h, err := makeHost("demo-"+string(on), store)
	if err != nil {
		t.Fatal(err)
	}
	h.start(t, "demo")
	if shared.hosts == nil {
		shared.hosts = map[database]*host{}
	}
	shared.hosts[on] = h // stopped at the end even if it is never ready
	h.waitReady(t)
	return h
}

// stop ends the demonstrations and says what went wrong in them.
func (d *demos) stop() (err error) {
	for _, h := range d.hosts {
		err = errors.Join(err, h.stop(), h.inLog())
	}
	for _, drop := range d.drops {
		drop()
	}
	return err
}
