package importing_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/worldtest"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// desk is a host in memory: it does around the engine what package onlinesync
// does on a database, with the same pure parts. Faults of a test's choice are
// built into it.
type desk struct {
	bank      *worldtest.Bank
	fault     fault
	accounts  map[string]*account // by identity
	links     []link              // by provider
	questions []question
	asked     map[[2]int64]bool
	lock      schema.Date
	next      int64
	yes       map[importing.DoubtKind]int // answers by kind
}

// fault spoils the engine in one way; the zero fault leaves it as it is.
type fault struct {
	name string
	// rule, told, plan and known change what passes between the parts.
	rule  func(*importing.WindowRule)
	told  func(*importing.Told)
	plan  func(*importing.Plan)
	known func(*importing.Told, []*importing.Known) []*importing.Known
	// perPage applies each page by itself.
	perPage bool
	// early commits cursor and coverage before the lines.
	early bool
	// identity names the account.
	identity func(importing.AccountFacts) string
	// keepsCursor goes on from the cursor of another consent.
	keepsCursor bool
	// alias changes an id that is to be remembered; false forgets it.
	alias func(*importing.Alias) bool
	// forgets loses the ledger row of a line that a user deletes.
	forgets bool
}

type account struct {
	rows       []*importing.Known
	lines      map[int64]*worldtest.Line
	movement   map[int64]int // by ledger row
	told       map[int64]int // when each was told last
	tellings   int
	coverage   importing.Coverage
	fetched    bool
	importFrom schema.Date
}

type link struct {
	identity  string
	key       string
	toldUnder string
	cursor    []byte
}

type question struct {
	id      int64
	kind    importing.DoubtKind
	source  string // that left it out
	of, new *importing.Known
	account *account
}

func newDesk(bank *worldtest.Bank, f fault) *desk {
	if f.identity == nil {
		f.identity = importing.AccountIdentity
	}
	return &desk{bank: bank, fault: f, accounts: map[string]*account{}, links: make([]link, len(bank.Script.Providers)),
		asked: map[[2]int64]bool{}, yes: map[importing.DoubtKind]int{}}
}

func (h *desk) account(identity string) *account {
	if h.accounts[identity] == nil {
		h.accounts[identity] = &account{lines: map[int64]*worldtest.Line{}, movement: map[int64]int{}, told: map[int64]int{}}
	}
	return h.accounts[identity]
}

func (h *desk) facts(a sdk.Account, provider string) importing.AccountFacts {
	return importing.AccountFacts{Provider: provider, Institution: "bank", Link: "link", ID: a.ID, StableID: a.StableID, Number: a.Number,
		Currency: a.Currency}
}

func (h *desk) Connect(provider int) error {
	a := h.bank.Account(provider)
	l := &h.links[provider]
	l.identity = h.fault.identity(h.facts(a, h.bank.Script.Providers[provider].Name))
	if l.key != a.ID && !h.fault.keepsCursor {
		l.cursor = nil
	}
	l.key = a.ID
	return nil
}

func (h *desk) Disconnect(int) error { return nil }

// died ends a run in which the host died.
type died struct{}

func (died) Error() string { return "the host died" }

func (h *desk) Sync(provider int, step *worldtest.Step) error {
	h.next++
	run := h.next
	pages, err := h.run(provider, step, run, nil, step.Crash)
	if _, dead := err.(died); dead {
		if step.Refetch {
			pages = nil
		}
		_, err = h.run(provider, step, run, pages, 0)
	}
	return err
}

// run does what a worker does with one account; it dies after so many pieces of
// work, if not 0, and returns the pages that it had.
func (h *desk) run(provider int, step *worldtest.Step, run int64, pages []sdk.Batch, dies int) ([]sdk.Batch, error) {
	l := &h.links[provider]
	a := h.account(l.identity)
	desc, now := h.bank.Describe(provider), h.bank.Clock(step)
	rule := importing.WindowRule{Today: schema.DateOf(now), LastLine: a.lastLine(), ImportFrom: a.importFrom, First: !a.fetched,
		LockDate: h.lock, Coverage: a.coverage, LookBack: importing.DefaultLookBack}
	if h.fault.rule != nil {
		h.fault.rule(&rule)
	}
	window := rule.Plan()
	if pages == nil {
		req := sdk.FetchRequest{AccountID: l.key, Cursor: l.cursor, To: dateOf(window.To)}
		if window.From != "" {
			req.From = dateOf(window.From)
		}
		pages = h.bank.Fetch(provider, req, step)
	}
	cursor := pages[len(pages)-1].Cursor
	checked := make([]importing.Page, len(pages))
	for i := range pages {
		checked[i] = pageOf(&pages[i])
	}
	manner := importing.Manner{Source: desc.Name, StableIDs: desc.StableIDs, ReportsPending: desc.ReportsPending, Cursored: l.cursor != nil,
		Anew: l.toldUnder != "" && l.toldUnder != l.key, Window: window, Now: now}
	parts := [][]importing.Page{checked}
	if h.fault.perPage {
		parts = nil
		for chunk := range slices.Chunk(checked, 1) {
			parts = append(parts, chunk)
		}
	}
	for i, part := range parts {
		told := importing.Join(part, manner)
		commit := func() {
			a.fetched, a.importFrom = true, window.Floor
			a.coverage = told.Advance(a.coverage, window)
			l.toldUnder, l.cursor = l.key, cursor
		}
		if h.fault.early && i == 0 {
			commit()
		}
		if err := h.apply(a, told, run, dies, func() { a.fetched, a.importFrom = true, window.Floor }); err != nil {
			return pages, err
		}
		if i == len(parts)-1 {
			commit()
		}
	}
	return pages, nil
}

// apply decides and carries out; first is done with the first piece of work.
func (h *desk) apply(a *account, told *importing.Told, run int64, dies int, first func()) error {
	told.Run = run
	if h.fault.told != nil {
		h.fault.told(told)
	}
	known := a.known(told)
	if h.fault.known != nil {
		known = h.fault.known(told, known)
	}
	plan := importing.Decide(told, known)
	if h.fault.plan != nil {
		h.fault.plan(plan)
	}
	if told.Source != "files" {
		first()
	}
	for i, work := range h.work(a, plan, told.Source, run) {
		if dies > 0 && i+1 >= dies {
			return died{}
		}
		work()
	}
	if dies > 0 {
		return died{}
	}
	return a.check()
}

// known are the rows that the real ledger reads.
func (a *account) known(told *importing.Told) []*importing.Known {
	ids := map[string]bool{}
	for _, id := range told.IDs() {
		ids[id] = true
	}
	from, to := told.Days()
	var out []*importing.Known
	for _, k := range a.rows {
		named := k.Source == told.Source && ids[k.Ident.ID]
		for _, alias := range k.Aliases {
			named = named || alias.Source == told.Source && ids[alias.ID]
		}
		if named || k.Status == importing.Pending || from != "" && from <= k.Date && k.Date <= to {
			out = append(out, k)
		}
	}
	for _, k := range slices.Clone(out) {
		if k.Into != 0 && !slices.ContainsFunc(out, func(o *importing.Known) bool { return o.ID == k.Into }) {
			out = append(out, a.row(k.Into))
		}
	}
	return out
}

// work is a plan as pieces of work, each of which happens whole or not at all.
func (h *desk) work(a *account, p *importing.Plan, source string, run int64) []func() {
	var out []func()
	do := func(f func()) { out = append(out, f) }
	for i := range p.Postings {
		m := &p.Postings[i]
		do(func() {
			a.tell(m.Known, m)
			m.Known.Status, m.Known.Line = importing.Posted, h.line(a, m.Now)
			h.remember(m.Known, m.Aliases...)
			h.ask(a, m.Doubt, m.Known)
		})
	}
	for i := range p.New {
		do(func() { h.add(a, &p.New[i], p.Aliases, i, run) })
	}
	for i := range p.Changes {
		do(func() { h.change(a, &p.Changes[i]) })
	}
	for i := range p.Pendings {
		m := &p.Pendings[i]
		do(func() { a.tell(m.Known, m); m.Known.Status = importing.Pending })
	}
	for _, k := range p.Removals {
		do(func() { h.remove(a, k) })
	}
	for _, drop := range p.Drops {
		do(func() {
			drop.Known.Status = importing.Removed
			if drop.Into != nil {
				drop.Known.Into = drop.Into.ID
			}
		})
	}
	for _, gone := range p.Retired {
		do(func() {
			k := a.row(gone.Known)
			k.Aliases = slices.DeleteFunc(k.Aliases, func(x importing.Alias) bool { return x.Ident == gone.Ident })
			k.Aliases = append(k.Aliases, gone.Alias)
		})
	}
	for _, alias := range p.Aliases {
		if alias.Known != 0 {
			do(func() { h.remember(a.row(alias.Known), alias.Alias) })
		}
	}
	do(func() {
		for _, k := range p.Told {
			h.settle(a, k, source)
		}
		for i := range p.Doubts {
			h.ask(a, &p.Doubts[i], nil)
			if n := len(h.questions); n > 0 && h.questions[n-1].of == p.Doubts[i].Of {
				h.questions[n-1].source = source
			}
		}
	})
	return out
}

// settle takes a question back when what a source left out is told by it again.
func (h *desk) settle(a *account, k *importing.Known, source string) {
	before := len(h.questions)
	h.questions = slices.DeleteFunc(h.questions, func(q question) bool { return q.new == nil && q.of == k && q.source == source })
	if len(h.questions) < before {
		delete(h.asked, [2]int64{k.ID, 0})
		a.noteAsked(h.questions)
	}
}

func (h *desk) ask(a *account, d *importing.Doubt, about *importing.Known) {
	if d == nil {
		return
	}
	key := [2]int64{d.Of.ID, 0}
	if about != nil {
		key[1] = about.ID
	}
	if !h.asked[key] {
		h.next++
		h.asked[key] = true
		h.questions = append(h.questions, question{h.next, d.Kind, "", d.Of, about, a})
		a.noteAsked(h.questions)
	}
}

// noteAsked marks the rows about which a question is open.
func (a *account) noteAsked(open []question) {
	for _, k := range a.rows {
		k.Asked = slices.ContainsFunc(open, func(q question) bool { return q.of == k || q.new == k })
	}
}

func (h *desk) line(a *account, e *importing.Entry) int64 {
	h.next++
	a.lines[h.next] = lineOf(e)
	return h.next
}

func lineOf(e *importing.Entry) *worldtest.Line {
	return &worldtest.Line{Date: string(e.Date), Cents: centsOf(e), Words: e.Text + " " + e.Partner, Movement: movementOf(e)}
}

func centsOf(e *importing.Entry) int64 {
	whole, fraction, ok := e.Amount.Int64(2)
	if !ok {
		panic(e.Amount)
	}
	return whole*100 + fraction
}

func movementOf(e *importing.Entry) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(e.Raw, "m"))
	return n
}

func (h *desk) add(a *account, n *importing.New, aliases []importing.NewAlias, row int, run int64) {
	h.next++
	k := &importing.Known{ID: h.next, Ident: n.Ident, Status: n.Status, Run: run}
	a.tell(k, &importing.Match{Now: n.Entry, Fingerprint: n.Fingerprint, Occurrence: n.Occurrence})
	if n.Status == importing.Posted {
		k.Line = h.line(a, n.Entry)
	}
	for _, alias := range aliases {
		if alias.Known == 0 && alias.Row == row {
			h.remember(k, alias.Alias)
		}
	}
	a.rows = append(a.rows, k)
	h.ask(a, n.Doubt, k)
}

func (h *desk) remember(k *importing.Known, list ...importing.Alias) {
	for _, alias := range list {
		if h.fault.alias == nil || h.fault.alias(&alias) {
			k.Aliases = append(k.Aliases, alias)
		}
	}
}

func (h *desk) locked(day schema.Date) bool { return h.lock != "" && day <= h.lock }

func (h *desk) change(a *account, m *importing.Match) {
	if l := a.lines[m.Line]; l != nil && !h.locked(schema.Date(l.Date)) && !h.locked(m.Now.Date) {
		*l = *lineOf(m.Now)
	}
	a.tell(m.Known, m)
	m.Known.Status = importing.Posted
	h.ask(a, m.Doubt, m.Known)
}

func (h *desk) remove(a *account, k *importing.Known) {
	k.Status = importing.Removed
	if l := a.lines[k.Line]; l != nil && !h.locked(schema.Date(l.Date)) {
		delete(a.lines, k.Line)
		k.Line = 0
	}
}

func (h *desk) Import(step *worldtest.Step) error {
	a := h.account(h.fault.identity(h.facts(sdk.Account{ID: "file", Number: worldtest.Number(h.bank.Script.Seed), Currency: "EUR"},
		"files")))
	told := &importing.Told{Source: "files", Floor: importing.WindowRule{LockDate: h.lock,
		Today: schema.DateOf(h.bank.Clock(step))}.Plan().Floor}
	if !step.CutEnd {
		told.Through = schema.DateOf(worldtest.Instant(h.bank.Now))
	}
	for _, t := range h.bank.Statement(step) {
		told.Booked = append(told.Booked, check(t))
	}
	h.next++
	return h.apply(a, told, h.next, 0, nil)
}

func (h *desk) Delete(line worldtest.Line) error {
	for _, a := range h.accounts {
		for _, k := range a.rows {
			if l := a.lines[k.Line]; l != nil && *l == line {
				delete(a.lines, k.Line)
				k.Line, k.Deleted = 0, true
				if h.fault.forgets {
					a.rows = slices.DeleteFunc(a.rows, func(o *importing.Known) bool { return o == k })
				}
				return nil
			}
		}
	}
	return fmt.Errorf("no such line")
}

func (h *desk) Lock(day string) error { h.lock = schema.Date(day); return nil }

func (h *desk) Lines() ([]worldtest.Line, error) {
	var out []worldtest.Line
	for _, a := range h.accounts {
		for _, l := range a.lines {
			out = append(out, *l)
		}
	}
	slices.SortFunc(out, func(x, y worldtest.Line) int { return strings.Compare(fmt.Sprint(x), fmt.Sprint(y)) })
	return out, nil
}

func (h *desk) Questions() ([]worldtest.Question, error) {
	out := make([]worldtest.Question, len(h.questions))
	for i, q := range h.questions {
		out[i] = worldtest.Question{ID: q.id, Of: q.account.movement[q.of.ID]}
		out[i].Lines = q.account.linesOf(q.of)
		if q.new != nil {
			out[i].New = q.account.movement[q.new.ID]
			if q.new.Line != q.of.Line {
				out[i].Lines = append(out[i].Lines, q.account.linesOf(q.new)...)
			}
		}
	}
	return out, nil
}

func (a *account) linesOf(k *importing.Known) []worldtest.Line {
	if l := a.lines[k.Line]; l != nil {
		return []worldtest.Line{*l}
	}
	return nil
}

func (h *desk) Answer(id int64, yes bool) error {
	at := slices.IndexFunc(h.questions, func(q question) bool { return q.id == id })
	q := h.questions[at]
	h.questions = slices.Delete(h.questions, at, at+1)
	q.account.noteAsked(h.questions)
	if yes {
		h.yes[q.kind]++
	}
	a := q.account
	if !yes {
		if again := [2]int64{q.of.ID, 0}; (q.kind == importing.Reissued || q.kind == importing.Corrected) && a.lines[q.of.Line] != nil &&
			!h.asked[again] {
			h.ask(a, &importing.Doubt{Kind: importing.NotTold, Of: q.of}, nil)
		}
		return nil
	}
	switch {
	case q.new != nil && q.new.Line == q.of.Line:
	case q.new == nil:
		h.remove(a, q.of)
	case q.kind != importing.AmountChanged && q.of.Status == importing.Removed && q.of.Line == 0: // the bank took it back meanwhile
		h.remove(a, q.new)
	case q.of.Status == importing.Pending || q.of.Line == 0:
		q.of.Status, q.of.Into = importing.Removed, q.new.ID
	case h.lockedLine(a, q.new):
	case q.of.Source == q.new.Source:
		if !h.lockedLine(a, q.of) {
			*a.lines[q.of.Line] = *a.lines[q.new.Line]
		}
		delete(a.lines, q.new.Line)
		q.new.Line = q.of.Line
		q.of.Line, q.of.Status, q.of.Into = 0, importing.Removed, q.new.ID
	default:
		if !h.lockedLine(a, q.of) && a.told[q.new.ID] > a.told[q.of.ID] {
			a.lines[q.of.Line].Cents, q.of.Amount = a.lines[q.new.Line].Cents, q.new.Amount
		}
		delete(a.lines, q.new.Line)
		q.new.Line, q.new.Into = q.of.Line, q.of.ID
	}
	return nil
}

func (h *desk) lockedLine(a *account, k *importing.Known) bool {
	l := a.lines[k.Line]
	return l == nil || h.locked(schema.Date(l.Date))
}

func (a *account) lastLine() (last schema.Date) {
	for _, l := range a.lines {
		last = max(last, schema.Date(l.Date))
	}
	return last
}

func (a *account) row(id int64) *importing.Known {
	return a.rows[slices.IndexFunc(a.rows, func(k *importing.Known) bool { return k.ID == id })]
}

func (a *account) tell(k *importing.Known, m *importing.Match) {
	e := m.Now
	k.Fingerprint, k.Occurrence, k.Date, k.ValueDate, k.Amount = m.Fingerprint, m.Occurrence, e.Date, e.ValueDate, e.Amount
	k.Text, k.Partner, k.Counter = e.Text, e.Partner, e.Counter
	if k.Source == "" && k.Ident.ID == "" && len(e.Raw) == 0 {
		panic("an entry without evidence")
	}
	a.movement[k.ID] = movementOf(e)
	a.tellings++
	a.told[k.ID] = a.tellings
}

// check holds the unique indexes of the real ledger.
func (a *account) check() error {
	prints, idents := map[string]bool{}, map[importing.Ident]bool{}
	for _, k := range a.rows {
		print := fmt.Sprint(k.Fingerprint, k.Occurrence)
		if prints[print] {
			return fmt.Errorf("fingerprint %s twice", print)
		}
		prints[print] = true
		own := map[importing.Ident]bool{k.Ident: true}
		for _, ident := range aliasesOf(k) {
			own[ident] = true
		}
		for ident := range own {
			if ident.ID != "" && idents[ident] {
				return fmt.Errorf("id %v twice", ident)
			}
			idents[ident] = true
		}
	}
	return nil
}

func aliasesOf(k *importing.Known) []importing.Ident {
	out := make([]importing.Ident, len(k.Aliases))
	for i, alias := range k.Aliases {
		out[i] = alias.Ident
	}
	return out
}

func dateOf(d schema.Date) sdk.Date { return sdk.DateOf(d.Time()) }

func dayOf(d sdk.Date) schema.Date { return schema.Date(d.String()) }

func check(t sdk.Transaction) importing.Entry {
	e, err := importing.Check(t, "EUR", false)
	if err != nil {
		panic(err)
	}
	return e
}

// pageOf is a batch as it is staged: through JSON.
func pageOf(b *sdk.Batch) importing.Page {
	p := importing.Page{Removed: b.Removed, From: dayOf(b.From), To: dayOf(b.To), HistoryFrom: dayOf(b.HistoryFrom),
		Refreshed: b.RefreshedAt}
	for _, t := range b.Booked {
		p.Booked = append(p.Booked, check(t))
	}
	for _, t := range b.Pending {
		p.Pending = append(p.Pending, check(t))
	}
	for _, t := range b.Modified {
		p.Modified = append(p.Modified, check(t))
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	var back importing.Page
	if err := json.Unmarshal(text, &back); err != nil {
		panic(err)
	}
	return back
}
