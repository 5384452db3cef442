package importing_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/importing"
)

// book is a ledger in memory, with the unique indexes of the real one.
type book struct {
	rows  []*importing.Known
	lines map[int64]string // what each line says
	next  int64
}

func newBook() *book { return &book{lines: map[int64]string{}} }

// carryOut does the first n items of a plan, all if n < 0, in the order in
// which chunks are written. It fails where the database would.
func (b *book) carryOut(p *importing.Plan, n int) error {
	more := func() bool { n--; return n != -1 }
	for i := range p.Postings {
		if !more() {
			return nil
		}
		m := &p.Postings[i]
		b.tell(m.Known, m)
		m.Known.Status = importing.Posted
		m.Known.Line = b.line(m.Now)
		m.Known.Aliases = append(m.Known.Aliases, m.Aliases...)
	}
	for i := range p.New {
		if !more() {
			return nil
		}
		b.add(&p.New[i], p.Aliases, i)
	}
	for i := range p.Changes {
		if !more() {
			return nil
		}
		m := &p.Changes[i]
		b.tell(m.Known, m)
		m.Known.Status = importing.Posted
		if m.Known.Line != 0 {
			b.lines[m.Known.Line] = words(m.Now)
		}
	}
	for i := range p.Pendings {
		if !more() {
			return nil
		}
		b.tell(p.Pendings[i].Known, &p.Pendings[i])
		p.Pendings[i].Known.Status = importing.Pending
	}
	for _, k := range p.Removals {
		if !more() {
			return nil
		}
		delete(b.lines, k.Line)
		k.Line, k.Status = 0, importing.Removed
	}
	for _, k := range p.Drops {
		if !more() {
			return nil
		}
		k.Known.Status = importing.Removed
	}
	for _, a := range p.Aliases {
		if a.Known != 0 {
			if !more() {
				return nil
			}
			for _, k := range b.rows {
				if k.ID == a.Known {
					k.Aliases = append(k.Aliases, a.Alias)
				}
			}
		}
	}
	return b.check()
}

func (b *book) line(e *importing.Entry) int64 {
	b.next++
	b.lines[b.next] = words(e)
	return b.next
}

func (b *book) add(n *importing.New, aliases []importing.NewAlias, row int) {
	b.next++
	k := &importing.Known{ID: b.next, Ident: n.Ident, Status: n.Status}
	b.tell(k, &importing.Match{Now: n.Entry, Fingerprint: n.Fingerprint, Occurrence: n.Occurrence})
	if n.Status == importing.Posted {
		k.Line = b.line(n.Entry)
	}
	for _, a := range aliases {
		if a.Known == 0 && a.Row == row {
			k.Aliases = append(k.Aliases, a.Alias)
		}
	}
	b.rows = append(b.rows, k)
}

func (b *book) tell(k *importing.Known, m *importing.Match) {
	e := m.Now
	k.Fingerprint, k.Occurrence, k.Date, k.ValueDate, k.Amount = m.Fingerprint, m.Occurrence, e.Date, e.ValueDate, e.Amount
	k.Text, k.Partner, k.Counter = e.Text, e.Partner, e.Counter
}

// check holds the unique indexes.
func (b *book) check() error {
	prints, idents := map[string]bool{}, map[importing.Ident]bool{}
	for _, k := range b.rows {
		print := fmt.Sprint(k.Fingerprint, k.Occurrence)
		if prints[print] {
			return fmt.Errorf("fingerprint %s twice", print)
		}
		prints[print] = true
		all := []importing.Ident{k.Ident}
		for _, a := range k.Aliases {
			all = append(all, a.Ident)
		}
		for _, ident := range all {
			if ident.ID == "" {
				continue
			}
			if idents[ident] {
				return fmt.Errorf("id %v twice", ident)
			}
			idents[ident] = true
		}
		if (k.Status == importing.Posted) != (k.Line != 0) && !k.Deleted {
			return fmt.Errorf("row %d is %s with line %d", k.ID, k.Status, k.Line)
		}
	}
	return nil
}

// known copies the rows, as reading them does.
func (b *book) known() []*importing.Known { return slices.Clone(b.rows) }

// told lists what the lines say, sorted.
func (b *book) told() []string {
	out := make([]string, 0, len(b.lines))
	for _, w := range b.lines {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}

func words(e *importing.Entry) string {
	return strings.Join([]string{string(e.Date), e.Amount.String(), e.Text}, " ")
}
