package onlinesync

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// page is one batch of a fetch, checked, as it is staged: one row per page.
type page struct {
	importing.Page
	Balances []sdk.Balance `json:"bal,omitempty"`
	Cursor   []byte        `json:"c,omitempty"`
	Bad      []string      `json:"bad,omitempty"` // why entries could not be read
	Last     bool          `json:"last,omitempty"`
	// Asked is the window that was asked for: a run that is taken up tomorrow
	// must not claim to cover more.
	Asked importing.Window `json:"w"`
}

// fetched is all pages of a complete fetch of one account.
type fetched struct {
	pages []page
	// cursored: the fetch went on from a cursor and tells differences alone.
	cursored bool
}

// stager writes the pages of one fetch, in short transactions. Pages that come
// within a moment share one.
type stager struct {
	s       *syncing
	account int64
	number  int64
	waiting [][]any
	entries int64
	last    time.Time
}

// stageEvery is how long a page may wait to be written.
const stageEvery = 200 * time.Millisecond

// put takes the next page.
func (g *stager) put(ctx context.Context, p *page) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fault.Wrap(err, "stage page", g.number)
	}
	g.waiting = append(g.waiting, []any{g.s.run, g.account, g.number, p.Last, string(text)})
	g.entries += int64(len(p.Booked) + len(p.Pending) + len(p.Modified))
	g.number++
	if now := time.Now(); p.Last || now.Sub(g.last) >= stageEvery {
		g.last = now
		return g.flush(ctx)
	}
	return nil
}

func (g *stager) flush(ctx context.Context) error {
	err := g.s.write(ctx, func(env *orm.Env, counts *counters) error {
		counts.fetched += g.entries
		if _, err := env.BulkCreate(staging, []string{"run_id", "account", "page", "last", "payload"}, g.waiting); err != nil {
			return err
		}
		return g.s.progress(env, counts)
	})
	g.waiting, g.entries = nil, 0
	return err
}

// staged reads the pages of an account that an interrupted run left. It
// returns nil when they are not all there: they are then removed, to be
// fetched again.
func (s *syncing) staged(ctx context.Context, account *accountFacts) (*fetched, error) {
	var rows *orm.Rows
	where := domain.All(domain.Where("run_id", domain.Eq, s.run), domain.Where("account", domain.Eq, account.id))
	err := s.within(ctx, orm.TxRead, func(env *orm.Env) (err error) {
		rows, err = env.SearchRead(staging, where, []string{"payload", "last"}, orm.SearchOptions{Order: "page"})
		return err
	})
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	if !rows.At(rows.Len() - 1).Bool("last") {
		return nil, s.write(ctx, func(env *orm.Env, counts *counters) error {
			counts.fetched = s.done.Fetched
			return env.Unlink(staging, rows.IDs())
		})
	}
	got := &fetched{pages: make([]page, rows.Len()), cursored: account.cursor != nil}
	s.counts.fetched = s.done.Fetched
	for i := range rows.Len() {
		p := &got.pages[i]
		if err := json.Unmarshal([]byte(rows.At(i).Str("payload")), p); err != nil {
			return nil, fault.Wrap(err, "staged page", i)
		}
		s.counts.fetched += int64(len(p.Booked) + len(p.Pending) + len(p.Modified))
	}
	return got, nil
}

// told joins the pages into what the import decides on.
func (g *fetched) told(m importing.Manner) *importing.Told {
	pages := make([]importing.Page, len(g.pages))
	for i := range g.pages {
		pages[i] = g.pages[i].Page
	}
	m.Cursored = g.cursored
	return importing.Join(pages, m)
}

// complete reports whether the last page is there: a part of a file that others
// follow has none.
func (g *fetched) complete() bool { return len(g.pages) > 0 && g.pages[len(g.pages)-1].Last }

// balances lists what the bank reported, in the order of the pages.
func (g *fetched) balances() []sdk.Balance {
	var out []sdk.Balance
	for i := range g.pages {
		out = append(out, g.pages[i].Balances...)
	}
	return out
}

// bad lists why entries could not be read.
func (g *fetched) bad() []string {
	var out []string
	for i := range g.pages {
		out = append(out, g.pages[i].Bad...)
	}
	return out
}

// progress tells who watches how far the run is, at most four times a second.
func (s *syncing) progress(env *orm.Env, counts *counters) error {
	if now := time.Now(); now.Sub(s.noted) >= 250*time.Millisecond {
		s.noted = now
	} else {
		return nil
	}
	percent := int64(0)
	if s.of > 0 {
		percent = min(100, (counts.fetched+counts.created+counts.known)*50/s.of)
	}
	payload := map[string]any{"id": s.run, "fetched": counts.fetched, "created": counts.created, "of": s.of, "percent": percent}
	if s.link != nil {
		payload["link_id"] = s.link.id
	}
	return s.announce(env, "account.online.run/progress", payload)
}

// announce sends a message about the run to those who watch it, its connection
// or its company.
func (s *syncing) announce(env *orm.Env, message string, payload map[string]any) error {
	channels := []string{bus.Channel(runs, s.run), bus.Channel("res.company", s.company)}
	if s.link != nil {
		channels = append(channels, bus.Channel(links, s.link.id))
	}
	for _, channel := range channels {
		if err := bus.Send(env, channel, message, payload); err != nil {
			return err
		}
	}
	return nil
}

func decodeCursor(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	cursor, err := base64.StdEncoding.DecodeString(text)
	return cursor, fault.Wrap(err, "cursor", nil)
}
