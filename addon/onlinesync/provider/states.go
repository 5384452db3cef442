package provider

import (
	"sync"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// notedStates are the states that this process wrote last. Of several hosts each
// writes what changes on its own, so that they do not contradict each other time
// and again.
type notedStates struct {
	mu sync.Mutex
	of map[*orm.Database]map[string]string
}

// changed lists the providers whose state is another than was noted.
func (n *notedStates) changed(db *orm.Database, list []Info) (out []Info) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, info := range list {
		if n.of[db][info.Name] != info.State {
			out = append(out, info)
		}
	}
	return out
}

func (n *notedStates) note(db *orm.Database, list []Info) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == nil {
		n.of = map[*orm.Database]map[string]string{}
	}
	if n.of[db] == nil {
		n.of[db] = map[string]string{}
	}
	for _, info := range list {
		n.of[db][info.Name] = info.State
	}
}

// Forget drops what is remembered of a database that is closed.
func (p *Plugins) Forget(db *orm.Database) {
	p.noted.mu.Lock()
	defer p.noted.mu.Unlock()
	delete(p.noted.of, db)
}

// NoteStates lets the rows of providers say what became of their programs since it
// was noted last: one that was used runs, one that was idle is stopped until it is
// needed again. What is new, gone or another program is for Refresh.
func (p *Plugins) NoteStates(env *orm.Env) error {
	db := env.Database()
	changed := p.noted.changed(db, p.Providers.List())
	for _, info := range changed {
		row := values(info)
		ids, err := env.Search(record.Providers, domain.All(domain.Where("name", domain.Eq, info.Name),
			domain.Where("state", domain.NotIn, []any{row["state"], refused})), orm.SearchOptions{})
		if err != nil {
			return err
		}
		if err := env.Write(record.Providers, ids, orm.Values{"state": row["state"], "last_error": row["last_error"]}); err != nil {
			return err
		}
	}
	if len(changed) > 0 {
		env.AfterCommit(func() { p.noted.note(db, changed) })
	}
	return nil
}
