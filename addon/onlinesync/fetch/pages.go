package fetch

import (
	"time"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Page is one batch of a fetch, checked, as it is staged: one row per page.
type Page struct {
	importing.Page
	Balances []sdk.Balance `json:"bal,omitempty"`
	Cursor   []byte        `json:"c,omitempty"`
	Bad      []string      `json:"bad,omitempty"` // why entries could not be read
	Last     bool          `json:"last,omitempty"`
	// Asked is the window that was asked for: a run that is taken up tomorrow
	// must not claim to cover more.
	Asked importing.Window `json:"w"`
}

// entries counts the transactions of a page.
func (p *Page) entries() int64 { return int64(len(p.Booked) + len(p.Pending) + len(p.Modified)) }

// Pages is all pages of one fetch of an account, in order.
type Pages struct {
	list []Page
	// cursored: the fetch went on from a cursor and tells differences alone.
	cursored bool
}

// Told joins the pages into what the import decides on.
func (g *Pages) Told(m importing.Manner) *importing.Told {
	pages := make([]importing.Page, len(g.list))
	for i := range g.list {
		pages[i] = g.list[i].Page
	}
	m.Cursored = g.cursored
	told := importing.Join(pages, m)
	if len(g.Bad()) > 0 {
		told.Incomplete()
	}
	return told
}

// Complete reports whether the last page is there.
func (g *Pages) Complete() bool { return len(g.list) > 0 && g.list[len(g.list)-1].Last }

// Asked is the window that was asked for.
func (g *Pages) Asked() importing.Window { return g.list[0].Asked }

// Cursor is where the next fetch goes on; empty when the provider has none.
func (g *Pages) Cursor() []byte { return g.list[len(g.list)-1].Cursor }

// Balances lists what the bank reported, in the order of the pages.
func (g *Pages) Balances() []sdk.Balance {
	var out []sdk.Balance
	for i := range g.list {
		out = append(out, g.list[i].Balances...)
	}
	return out
}

// Bad lists why entries could not be read.
func (g *Pages) Bad() []string {
	var out []string
	for i := range g.list {
		out = append(out, g.list[i].Bad...)
	}
	return out
}

// Refreshed is when the provider last heard from the bank; zero if it did not say.
func (g *Pages) Refreshed() (last time.Time) {
	for i := range g.list {
		if g.list[i].Refreshed.After(last) {
			last = g.list[i].Refreshed
		}
	}
	return last
}

// HistoryFrom is the oldest day that the bank gives, as it was told last; "" if it was not.
func (g *Pages) HistoryFrom() (day schema.Date) {
	for i := range g.list {
		if from := g.list[i].HistoryFrom; from != "" {
			day = from
		}
	}
	return day
}
