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
	h := shared.of(t, on)
	h.waitReady(t)
	return h
}

// of starts a demonstration when it is first asked for.
func (d *demos) of(t *testing.T, on database) *host {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if h := d.hosts[on]; h != nil {
		return h
	}
	store := ""
	if on == onPostgres {
		url, drop, err := dialecttest.NewDatabase(dialecttest.Postgres(t), dialecttest.Empty)
		if err != nil {
			t.Fatal(err)
		}
		store, d.drops = url, append(d.drops, drop)
	}
	h, err := makeHost("demo-"+string(on), store, "GIROSYNC_LIMITS_BODY_SIZE=4MiB")
	if err != nil {
		t.Fatal(err)
	}
	h.start(t, "demo")
	if d.hosts == nil {
		d.hosts = map[database]*host{}
	}
	d.hosts[on] = h // stopped at the end even if it is never ready
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
