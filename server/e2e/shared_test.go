package e2e

import (
	"errors"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

// demos are the demonstrations that several scenarios look at and change only by
// synchronising; models are hosts that never run, whose data, with the database
// books, is what many hosts begin with a copy of.
var (
	demos = common{name: "demo", env: []string{"GIROSYNC_LIMITS_BODY_SIZE=4MiB"}, begin: func(t *testing.T, h *host) { h.start(t, "demo") }}

	models = common{name: "model", begin: func(t *testing.T, h *host) { h.init(t, "books") }}
)

// common is a host on each database, made when it is first asked for.
type common struct {
	name  string
	env   []string
	begin func(t *testing.T, h *host)

	mu    sync.Mutex
	hosts map[database]*host
	drops []func()
}

// demo returns a demonstration that runs.
func demo(t *testing.T, on database) *host {
	t.Helper()
	h := demos.of(t, on)
	h.waitReady(t)
	return h
}

func (c *common) of(t *testing.T, on database) *host {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if h := c.hosts[on]; h != nil {
		return h
	}
	store := ""
	if on == onPostgres {
		url, drop, err := dialecttest.NewDatabase(dialecttest.Postgres(t), dialecttest.Empty)
		if err != nil {
			t.Fatal(err)
		}
		store, c.drops = url, append(c.drops, drop)
	}
	h, err := makeHost(c.name+"-"+string(on), store, c.env...)
	if err != nil {
		t.Fatal(err)
	}
	c.begin(t, h)
	if c.hosts == nil {
		c.hosts = map[database]*host{}
	}
	c.hosts[on] = h // stopped at the end even if it is never ready
	return h
}

// stop ends the hosts, says what went wrong in those that ran, and drops what
// lies outside the folder of this run.
func (c *common) stop() (err error) {
	for _, h := range c.hosts {
		if h.cmd != nil {
			err = errors.Join(err, h.stop(), h.inLog())
		}
	}
	for _, drop := range c.drops {
		drop()
	}
	return err
}
