package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/host"
)

const (
	// lookEvery is how often a host looks whether other programs may run.
	lookEvery = 5 * time.Second
	// mostTries is how often a new provider is asked for its institutions; then
	// it is left to housekeeping.
	mostTries = 3
)

// newcomers lists the institutions of providers that may run since a moment ago:
// their programs are new, or are trusted now. Each host looks for itself, since
// each has a folder of programs; whichever notices first does it for a database.
type newcomers struct {
	host   *Host
	before []string // the programs, as last seen
	wrong  string   // why the last look failed; said once
	tries  map[newcomer]int
}

// newcomer is a provider whose institutions a database lacks.
type newcomer struct{ database, provider string }

// watch looks until ctx ends. It begins with what RefreshProviders found.
func (n *newcomers) watch(ctx context.Context) {
	n.before = n.programs()
	for ctx.Err() == nil {
		n.list(ctx)
		pause(ctx, lookEvery)
		err := n.look(ctx)
		if err == nil {
			n.wrong = ""
		} else if ctx.Err() == nil && err.Error() != n.wrong {
			n.wrong = err.Error()
			n.host.log.Error("which plugins may run", "error", err)
		}
	}
}

// look notices which programs are there and may run.
func (n *newcomers) look(ctx context.Context) error {
	h := n.host
	if err := h.trust.read(ctx); err != nil {
		return err
	}
	if err := h.Plugins.Rediscover(); err != nil {
		return err
	}
	now := n.programs()
	if slices.Equal(now, n.before) {
		return nil
	}
	n.before = now
	h.log.Info("other plugins may run", "plugins", now)
	return h.chores().each(ctx, func(name string, db *orm.Database) error { return n.meet(ctx, name, db) })
}

// meet writes down which providers there are, and which of them are new to a database.
func (n *newcomers) meet(ctx context.Context, name string, db *orm.Database) error {
	fresh, err := n.host.Sync.RefreshProviders(ctx, db)
	for _, provider := range fresh {
		n.tries[newcomer{name, provider}] = 0
	}
	return err
}

// list asks the new providers for their institutions.
func (n *newcomers) list(ctx context.Context) {
	for who, tried := range n.tries {
		db, err := n.host.Databases.Open(ctx, who.database)
		if err == nil {
			err = n.host.Sync.LoadInstitutions(ctx, db, who.provider)
		}
		if ctx.Err() != nil {
			return
		}
		if n.tries[who]++; err == nil || errors.Is(err, host.ErrRefused) || tried+1 == mostTries {
			delete(n.tries, who)
		}
		if err != nil {
			n.host.log.Warn("institutions of a new plugin", "database", who.database, "provider", who.provider, "error", err)
		}
	}
}

// programs are the plugins with what decides whether they may run, and with what
// else of them may change while they do not run.
func (n *newcomers) programs() []string {
	list := n.host.Plugins.List()
	texts := make([]string, len(list))
	for i, p := range list {
		may := "may run"
		if p.State == host.StateRefused {
			may = "refused"
		}
		texts[i] = fmt.Sprintf("%s %.12s %s", p.Name, p.Checksum, may)
		if grade := n.host.Grade(p.Checksum); grade != "" {
			texts[i] += ", " + grade
		}
	}
	return texts
}
